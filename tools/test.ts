import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { missing } from '#test/prerequisites.ts';
import { listFiles, root } from './lib/files.ts';
import { runAgain } from './test/again.ts';
import { refusedSkips, runTests } from './test/results.ts';

/**
 * `npm test [-- files and folders]`: the checks, the unit tests in six processes, and the end-to-end tests in a process each,
 * four at a time, since many of them wait for others more than they compute. A skip for another reason than a missing prerequisite
 * fails; with CI=true every skip does. With CI=true a test that fails alone among thousands is asked once more, and told as flaky when
 * it passes then.
 */
/** The runner begins with `test/`; the unit tests come last, and keep both cores busy. */
const WHOLE = ['checks', 'unit-1', 'unit-2', 'unit-3', 'unit-4', 'unit-5', 'unit-6'].map(
  (name) => `tools/test/${name}.ts`,
);
const inCi = process.env['CI'] === 'true';
const named = process.argv.slice(2).flatMap(testFiles);
const files = named.length > 0 ? named : [...WHOLE, ...listFiles('test', '.test.ts')];

for (const line of absent()) {
  console.log(line);
}
// Each of these processes loads much the same files; beside the dependencies, as the launcher does it.
const env = { NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/plimsoll') };
const { status, results } = await runTests(['--test-concurrency=4', ...files], { inherit: true, env });
// For whoever wants to know afterwards what was green: the planted faults.
const told = process.env['PLIMSOLL_TEST_RESULTS'];
if (told !== undefined) {
  const rows = results.map(({ file, ...result }) => ({ ...result, file: file === null ? null : relative(root, file) }));
  writeFileSync(told, JSON.stringify(rows));
}
const refused = refusedSkips(results, inCi);
if (refused.length > 0) {
  console.error(`\n${inCi ? 'with CI=true nothing may be skipped' : 'a skip must come from test/prerequisites.ts'}:`);
  console.error(refused.join('\n'));
}
const again = status !== 0 && inCi ? await runAgain(results, { inherit: true, env }) : null;
for (const test of again?.flaky ?? []) {
  console.error(`FLAKY  failed, and passed when it was run again: ${test}`);
}
process.exitCode = refused.length > 0 ? 1 : again?.isGreen === true ? 0 : status;

function testFiles(argument: string): readonly string[] {
  return argument.endsWith('.ts') ? [argument] : listFiles(argument, '.test.ts', root);
}

/** A line for each prerequisite that this machine lacks. */
function absent(): readonly string[] {
  const skips = JSON.parse(readFileSync(resolve(root, 'test/skips.json'), 'utf8')) as readonly {
    readonly id: string;
  }[];
  return skips.flatMap(({ id }) => {
    try {
      const reason = missing(id);
      return reason === false ? [] : [`some tests are skipped: ${reason}`];
    } catch (error) {
      // With CI=true a missing prerequisite throws; the tests that need it will fail.
      return [String(error)];
    }
  });
}
