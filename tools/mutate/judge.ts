import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '#test/prerequisites.ts';
import { pool } from '../lib/pool.ts';
import { runTests, type TestResult } from '../test/results.ts';
import type { Fault } from './faults.ts';
import { copyTree, type Tree } from './tree.ts';

export interface Judgement {
  readonly fault: Fault;
  /**
   * `caught`: the named test is green without the fault and red with it. `survived`: it stays green. `invalid`: nothing was
   * proved, `detail` says why. `skipped`: the test lacks a prerequisite on this machine.
   */
  readonly verdict: 'caught' | 'survived' | 'invalid' | 'skipped';
  readonly detail: string;
}

/** Far above what any single test takes; a test that hangs proves nothing. */
const TIMEOUT_MS = 180_000;

/** Plants every fault in a copy of the tree at `from`, two at a time, and tells what its named test says to it. */
export async function judgeFaults(
  from: string,
  faults: readonly Fault[],
  report: (judgement: Judgement) => void = () => undefined,
): Promise<readonly Judgement[]> {
  using first = copyTree(from);
  using second = copyTree(from);
  const [broken, together] = await Promise.all([first.brokenLines(), brokenTogether(second, faults)]);
  // One look of the compiler at all faults together is enough, as long as it has nothing to say of them.
  const looked = together.every((line) => broken.includes(line));
  return await pool(faults, 2, async (fault, lane) => {
    const [verdict, detail] = await judge(lane === 0 ? first : second, fault, looked ? null : broken);
    const judgement: Judgement = { fault, verdict, detail };
    report(judgement);
    return judgement;
  });
}

/** What the compiler says of the tree with every fault in it that can stand beside the others. */
async function brokenTogether(tree: Tree, faults: readonly Fault[]): Promise<readonly string[]> {
  const usable = faults.filter((fault) => unusableBecause(tree, fault) === null);
  return await tree.plantedTogether(usable, () => tree.brokenLines());
}

type Answer = readonly [verdict: Judgement['verdict'], detail: string];

/** `broken`: what the compiler says without the fault; null when it need not be asked again. */
async function judge(tree: Tree, fault: Fault, broken: readonly string[] | null): Promise<Answer> {
  const unusable = unusableBecause(tree, fault);
  if (unusable !== null) {
    return ['invalid', unusable];
  }
  const before = await runNamed(tree, fault);
  const skipped = before.find((result) => result.state === 'skipped');
  if (skipped !== undefined) {
    return ['skipped', skipped.reason];
  }
  if (before.length === 0 || before.some((result) => result.state === 'failed')) {
    return ['invalid', `without the fault the test ${before.length === 0 ? 'does not exist' : 'is red'}`];
  }
  return await tree.planted(fault.file, fault.find, fault.replace, async () => {
    const news = broken === null ? [] : (await tree.brokenLines()).filter((line) => !broken.includes(line));
    if (news[0] !== undefined) {
      return ['invalid', `the fault does not even run: ${news[0]}`];
    }
    const after = await runNamed(tree, fault);
    if (after.length === 0) {
      return ['invalid', 'with the fault the test did not run to its end'];
    }
    return after.some((result) => result.state === 'failed') ? ['caught', ''] : ['survived', fault.why];
  });
}

function unusableBecause(tree: Tree, { file, find, replace, test }: Fault): string | null {
  const absent = [file, test.file].find((path) => !existsSync(join(tree.path, path)));
  if (absent !== undefined) {
    return `${absent} does not exist`;
  }
  const times = readFileSync(join(tree.path, file), 'utf8').split(find).length - 1;
  if (times !== 1) {
    return `expected the text to find once in ${file}, found it ${times} times`;
  }
  return find === replace ? 'the fault changes nothing' : null;
}

/** What became of the tests with the fault's test name; none when the file did not load or hung. */
async function runNamed(tree: Tree, { test }: Fault): Promise<readonly TestResult[]> {
  const pattern = test.name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const { results, timedOut } = await runTests(
    ['--test-isolation=none', `--test-name-pattern=/^${pattern}$/`, test.file],
    { cwd: tree.path, timeout: TIMEOUT_MS, env: { PLIMSOLL_TEST_DATA: dataFolder } },
  );
  return timedOut ? [] : results.filter(({ kind, name }) => kind === 'test' && name === test.name);
}
