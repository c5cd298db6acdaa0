import { relative, resolve } from 'node:path';
import { root } from '../lib/files.ts';
import type { RunOptions } from '../lib/run.ts';
import { namePattern, runTests, type TestResult } from './results.ts';

/** More than this is no accident. */
const MAX_FILES = 2;
/** Each runs half of the unit tests: of these only the ones that failed are asked again. */
const UNIT = 'tools/test/unit-';

/** What became of the tests that failed, asked once more. */
export interface Again {
  /** Passed now: printed, and to be mended as any other fault, but a run of half an hour is not thrown away for it. */
  readonly flaky: readonly string[];
  readonly isGreen: boolean;
}

/**
 * Runs the files of the tests that failed once more, by themselves: programs of others end for reasons of their own, and so do connections and disks. What fails
 * twice has failed, and so has everything when it is more than two files.
 */
export async function runAgain(results: readonly TestResult[], options: RunOptions): Promise<Again> {
  const failed = results.filter(({ kind, state }) => kind === 'test' && state === 'failed');
  const byFile = Map.groupBy(failed, ({ file }) => (file === null ? '' : relative(root, file)));
  if (byFile.size === 0 || byFile.size > MAX_FILES || byFile.has('')) {
    return { flaky: [], isGreen: false };
  }
  let isGreen = true;
  for (const [file, tests] of byFile) {
    const names = file.startsWith(UNIT) ? tests.map(({ name }) => namePattern(name)) : [];
    const { status, results: second } = await runTests([...names, file], options);
    const passed = new Set(second.filter(({ state }) => state === 'passed').map(({ name }) => name));
    // A file whose process ended is told as a test with its name.
    isGreen &&=
      status === 0 && tests.every(({ name }) => passed.has(name) || resolve(root, name) === resolve(root, file));
  }
  return { flaky: isGreen ? failed.map(({ file, name }) => `${relative(root, file ?? '')}: ${name}`) : [], isGreen };
}
