import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** How long the launcher takes to print the version: what every command costs before it does anything. */
const LIMIT_MS = 80;
const RUNS = 21;

const launcher = resolve(import.meta.dirname, '../bin/plimsoll');

function milliseconds(command: string, ...args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0) {
    throw new Error(`${command} exited with ${status}`);
  }
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(measure: () => number): number {
  const sorted = Array.from({ length: RUNS }, measure).toSorted((a, b) => a - b);
  return sorted[RUNS >> 1] ?? Number.NaN;
}

milliseconds(launcher, '--version');
const ours = median(() => milliseconds(launcher, '--version'));
const bare = median(() => milliseconds(process.execPath, '--eval', '0'));
console.log(
  `start: plimsoll --version ${ours.toFixed(0)} ms (limit ${LIMIT_MS} ms), ${(ours / bare).toFixed(1)} times a bare Node`,
);
process.exitCode = ours < LIMIT_MS ? 0 : 1;
