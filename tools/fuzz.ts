import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzTargets } from '../test/fuzz/list.ts';
import type { Finding, Progress } from './fuzz/engine.ts';
import { supervise } from './fuzz/supervise.ts';
import { root } from './lib/files.ts';

/**
 * `npm run fuzz -- TARGET… [--seconds=300] [--seed=1] [--runs=N] [--blind]`, `npm run fuzz -- --list`: one target after the
 * other. Exits with 1 when something was found; the inputs lie in `.cache/fuzz/TARGET/`.
 */
const USAGE = 'Usage: npm run fuzz -- TARGET… [--seconds=300] [--seed=1] [--runs=N] [--blind], or --list';
const HANG_MILLIS = 20_000;
const MAX_LOST = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: 'Infinity' },
    blind: { type: 'boolean', default: false },
  },
});
const known = fuzzTargets.map(({ id }) => id);
const unknown = positionals.filter((id) => !known.includes(id));
const numbers = [values.seconds, values.seed, values.runs].map(Number);
if (values.list) {
  console.log(known.join('\n'));
} else if (positionals.length === 0 || unknown.length > 0 || numbers.some((number) => !(number >= 0))) {
  console.error(`${unknown.map((id) => `no target is named ${id}\n`).join('')}${USAGE}`);
  process.exitCode = 2;
} else {
  for (const id of positionals) {
    const found = await fuzzOne(id);
    process.exitCode = found > 0 ? 1 : process.exitCode;
  }
}

async function fuzzOne(id: string): Promise<number> {
  const [seconds = 0, seed = 0, runs = 0] = numbers;
  const { progress, findings, ...outcome } = await supervise({
    list: new URL('../test/fuzz/list.ts', import.meta.url).href,
    target: id,
    seed,
    runs,
    millis: seconds * 1000,
    guided: !values.blind,
    hangMillis: HANG_MILLIS,
    maxLost: MAX_LOST,
    found: (finding) => save(id, finding),
    progress: (now, elapsed) => show(id, now, elapsed),
  });
  show(id, null, 0);
  console.log(`${line(id, progress, outcome.seconds)}, seed ${seed}, ${findings.length} findings`);
  return findings.length;
}

function line(id: string, { runs, accepted, corpus, blocks }: Progress, seconds: number): string {
  const rate = Math.round(runs / Math.max(seconds, 0.001));
  return `${id}: ${seconds.toFixed(0)} s, ${runs} runs (${rate}/s), ${accepted} accepted, corpus ${corpus}, ${blocks} blocks`;
}

/** The progress line of a terminal; null wipes it. */
function show(id: string, progress: Progress | null, seconds: number): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${progress === null ? '' : line(id, progress, seconds)}`);
  }
}

function save(id: string, { kind, input, reason }: Finding): void {
  show(id, null, 0);
  const folder = resolve(root, '.cache/fuzz', id);
  const file = resolve(folder, `${kind}-${createHash('sha256').update(input).digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, input);
  writeFileSync(`${file}.txt`, `${reason}\n`);
  console.log(`${id}: ${kind}, ${input.length} bytes in ${relative(root, file)}\n${reason}`);
}
