import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Outcome, type RunOptions, runNode } from '../lib/run.ts';

/** One test or suite of a run. */
export interface TestResult {
  readonly name: string;
  /** Absolute; the file that the runner was given, not the one that declares the test. */
  readonly file: string | null;
  readonly kind: 'test' | 'suite';
  /** A test marked `todo` counts as skipped, whatever it did. */
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped; empty when it does not say. */
  readonly reason: string;
}

export interface TestRun extends Outcome {
  readonly results: readonly TestResult[];
}

/** The argument by which only tests of exactly this name are run. */
export function namePattern(name: string): string {
  return `--test-name-pattern=/^${name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`;
}

/** Runs `node --test` over files and tells what became of each test. */
export async function runTests(args: readonly string[], options: RunOptions = {}): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-results-'));
  const file = join(folder, 'results.jsonl');
  try {
    const outcome = await runNode(
      [
        '--test',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        `--test-reporter=${resolve(import.meta.dirname, 'results-reporter.ts')}`,
        `--test-reporter-destination=${file}`,
        ...args,
      ],
      options,
    );
    return { ...outcome, results: readResults(file) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readResults(file: string): readonly TestResult[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TestResult);
}

/**
 * What is wrong with the skips of a run, a line each. Outside CI a test may be skipped for a missing prerequisite, whose
 * reason starts with `needs `; in CI nothing may be skipped.
 */
export function refusedSkips(results: readonly TestResult[], inCi: boolean): readonly string[] {
  return results
    .filter(({ state, reason }) => state === 'skipped' && (inCi || !reason.startsWith('needs ')))
    .map(({ name, reason }) => `${name}: skipped ${reason === '' ? 'without a reason' : `because it ${reason}`}`);
}

/** The closing part of the runner's output when it holds failures, else all of it. */
export function failuresIn(output: string): string {
  const start = output.indexOf('✖ failing tests:');
  return start === -1 ? output : output.slice(start);
}
