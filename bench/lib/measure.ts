import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Memory, sampleMemory } from './memory.ts';

/** What one run of a program cost, all of its processes together. */
export interface Cost extends Memory {
  /** Wall time. */
  readonly seconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
}

/** The shell's `time` has milliseconds, and counts the children of children that were waited for. */
const SCRIPT = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>"$ERRORS"';

/** Runs a program with its output thrown away; throws what it wrote to standard error when it fails. */
export async function measure(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-measure-'));
  const errors = join(folder, 'errors');
  try {
    const child = spawn('bash', ['-c', SCRIPT, 'bash', command, ...args], {
      env: { ...process.env, ...env, LC_ALL: 'C', ERRORS: errors },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const sampler = sampleMemory(child.pid ?? 0);
    const times: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => times.push(chunk));
    const status = await new Promise<number | null>((settle, reject) => {
      child.on('error', reject);
      child.on('close', settle);
    });
    const memory = sampler.stop();
    if (status !== 0) {
      throw new Error(
        `${command} ${args.join(' ')} exited with ${status}: ${readFileSync(errors, 'utf8').slice(0, 2000)}`,
      );
    }
    const [seconds = Number.NaN, user = Number.NaN, system = Number.NaN] = Buffer.concat(times)
      .toString()
      .trim()
      .split(' ')
      .map(Number);
    return { seconds, cpuSeconds: user + system, ...memory };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each figure by itself: what a middling run took, and how much it needed. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
    treeBytes: median(costs.map(({ treeBytes }) => treeBytes)),
    largestBytes: median(costs.map(({ largestBytes }) => largestBytes)),
  };
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}
