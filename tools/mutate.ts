import { root } from './lib/files.ts';
import { readFaults } from './mutate/faults.ts';
import { greenBefore } from './mutate/green.ts';
import { type Judgement, judgeFaults } from './mutate/judge.ts';

/**
 * `npm run mutate [-- id…]`: plants each fault of `test/faults/` in a copy of the tree; the test that the fault names must
 * turn red. Fails for a fault that survives or proves nothing, and in CI also for one that was skipped.
 */
const MINIMUM = 10;

const ids = process.argv.slice(2);
const all = readFaults();
const unknown = ids.filter((id) => !all.some((fault) => fault.id === id));
const faults = ids.length === 0 ? all : all.filter((fault) => ids.includes(fault.id));
/** What `npm test` has written just before. */
const results = process.env['PLIMSOLL_TEST_RESULTS'];
const before = results === undefined ? undefined : greenBefore(root, results, faults);
const judgements = unknown.length === 0 ? await judgeFaults(root, faults, print, before) : [];

const good: readonly string[] = process.env['CI'] === 'true' ? ['caught'] : ['caught', 'skipped'];
const failed = judgements.filter((judgement) => !good.includes(judgement.verdict)).length;
for (const id of unknown) {
  console.log(`no fault has the id ${id}`);
}
if (ids.length === 0 && all.length < MINIMUM) {
  console.log(`expected at least ${MINIMUM} faults in test/faults, found ${all.length}`);
}
console.log(`${judgements.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || unknown.length > 0 || (ids.length === 0 && all.length < MINIMUM) ? 1 : 0;

function print({ fault, verdict, detail }: Judgement): void {
  console.log(`${verdict.padEnd(9)}${fault.id.padEnd(36)} ${fault.test.file}: ${fault.test.name}`);
  if (detail !== '') {
    console.log(`         ${detail}`);
  }
}
