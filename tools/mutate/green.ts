import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestResult } from '../test/results.ts';
import type { Fault } from './faults.ts';

/** Its processes import the unit tests: whatever file a test is in, it is told as theirs. */
const UNIT = 'tools/test/unit-';

/**
 * The faults whose tests have passed in a run of `npm test` over the same tree, as it wrote it down (`PLIMSOLL_TEST_RESULTS`): that need not be asked again.
 * Of several tests of one name all have to have passed. What draws at random has to pass by the seed by which faults are judged, and is not among them.
 */
export function greenBefore(root: string, file: string, faults: readonly Fault[]): ReadonlySet<Fault> {
  const results = (JSON.parse(readFileSync(file, 'utf8')) as readonly TestResult[]).filter(
    ({ kind }) => kind === 'test',
  );
  const byName = Map.groupBy(results, ({ name }) => name);
  return new Set(
    faults.filter(({ test }) => {
      const own = (byName.get(test.name) ?? []).filter(
        (result) => result.file === test.file || result.file?.startsWith(UNIT) === true,
      );
      return own.length > 0 && own.every(({ state }) => state === 'passed') && !draws(join(root, test.file));
    }),
  );
}

function draws(path: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').includes("'fast-check'");
}
