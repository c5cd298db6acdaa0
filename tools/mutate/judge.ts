import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { dataFolder } from '#test/prerequisites.ts';
import { pool } from '../lib/pool.ts';
import type { RunOptions } from '../lib/run.ts';
import { namePattern, runTests, type TestResult } from '../test/results.ts';
import { type Company, companiesOf } from './company.ts';
import type { Fault } from './faults.ts';
import { copyTree, type Tree } from './tree.ts';
import { unableFaults } from './unable.ts';

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

/** Far above what the named tests of a part of all faults take. */
const TOGETHER_TIMEOUT_MS = 480_000;

/** Copies of the tree in which faults are planted side by side. More than processors: who waits, for a lease or a program, leaves one to another. */
const TREES = 5;
/** Processes that ask at the start what is green; nothing is planted then. */
const ASKERS = 6;

/** Loaded before the tests. */
const FIXED_SEED = `--import=${resolve(import.meta.dirname, 'fixed-seed.ts')}`;

/** Tests of whole programs: each in a process of its own. */
const APART = 'test/';

/**
 * Plants every fault in a copy of the tree at `from`, some side by side, and tells what its named test says to it. Of those in `before` it is known
 * that their tests are green.
 */
export async function judgeFaults(
  from: string,
  faults: readonly Fault[],
  report: (judgement: Judgement) => void = () => undefined,
  before: ReadonlySet<Fault> = new Set(),
): Promise<readonly Judgement[]> {
  using copies = new DisposableStack();
  const first = copies.use(copyTree(from));
  const trees = [first, ...Array.from({ length: TREES - 1 }, () => copies.use(copyTree(from)))];
  const usable = faults.filter((fault) => unusableBecause(first, fault) === null);
  const unable = await unableFaults(trees, usable, await first.brokenLines());
  const asked = await greenTogether(
    first,
    faults.filter((fault) => !before.has(fault)),
  );
  const known: Known = { green: new Set([...[...before].map(testOf), ...asked]), unable };
  const companies = companiesOf(from, faults).toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));
  const judgements = await pool(companies, trees.length, async (company, lane) => {
    const tree = trees[lane] ?? first;
    const caught = await caughtTogether(tree, company, known);
    const answers: Judgement[] = [];
    for (const fault of company) {
      const [verdict, detail] = caught.has(fault) ? CAUGHT : await judgeAlone(tree, fault, known);
      const judgement: Judgement = { fault, verdict, detail };
      report(judgement);
      answers.push(judgement);
    }
    return answers;
  });
  const order = new Map(faults.map((fault, index) => [fault, index]));
  return judgements.flat().toSorted((a, b) => (order.get(a.fault) ?? 0) - (order.get(b.fault) ?? 0));
}

/** What proved nothing is asked once more: a test that starts programs may have been disturbed. */
async function judgeAlone(tree: Tree, fault: Fault, known: Known): Promise<Answer> {
  const answer = await judge(tree, fault, known);
  return answer[0] === 'invalid' ? await judge(tree, fault, known) : answer;
}

/**
 * The faults of a company whose tests turn red when all of them are planted: each test loads its own fault and no other. Of every other one nothing is
 * known by that.
 */
async function caughtTogether(tree: Tree, company: Company, { green, unable }: Known): Promise<ReadonlySet<Fault>> {
  const usable = company.filter((fault) => unusableBecause(tree, fault) === null && green.has(testOf(fault)));
  if (company.length === 1 || usable.length < company.length || company.some((fault) => unable.has(fault))) {
    return new Set();
  }
  const results = await tree.plantedTogether(company, () => runNamed(tree, company));
  const failed = (fault: Fault): boolean =>
    results.some(
      ({ file, name, state }) => state === 'failed' && keyOf(relative(tree.path, file ?? ''), name) === testOf(fault),
    );
  return new Set(company.filter(failed));
}

/**
 * The tests that pass without a fault when all that faults name run in one process, which takes a tenth of a process for each.
 * What is not among them, because it failed, was skipped or is not there, is asked for alone.
 */
async function greenTogether(tree: Tree, faults: readonly Fault[]): Promise<ReadonlySet<string>> {
  const named = new Set(faults.map(({ test }) => test.file));
  const files = [...named].filter((file) => !file.startsWith(APART) && existsSync(join(tree.path, file)));
  const shares = Map.groupBy(files.entries(), ([index]) => index % ASKERS);
  const parts = await pool([...shares.values()], ASKERS, async (share) => {
    const own = share.map(([, file]) => file);
    const names = new Set(faults.filter(({ test }) => own.includes(test.file)).map(({ test }) => test.name));
    const { results, timedOut } = await runTests(
      [FIXED_SEED, '--test-isolation=none', ...[...names].map(namePattern), ...own],
      optionsOf(tree, TOGETHER_TIMEOUT_MS),
    );
    const tests = timedOut ? [] : results.filter(({ kind }) => kind === 'test');
    const groups = Map.groupBy(tests, ({ file, name }) => keyOf(relative(tree.path, file ?? ''), name));
    return [...groups].flatMap(([key, group]) => (group.every(({ state }) => state === 'passed') ? [key] : []));
  });
  return new Set(parts.flat());
}

/** Judged first, so that nobody waits for them at the end. */
function isLong(company: Company): boolean {
  return company.some(({ test }) => test.file.startsWith(APART) || test.file.endsWith('.slow.test.ts'));
}

function testOf({ test }: Fault): string {
  return keyOf(test.file, test.name);
}

function keyOf(file: string, name: string): string {
  return `${file}\n${name}`;
}

interface Known {
  /** Tests of which it is known that they pass without the fault. */
  readonly green: ReadonlySet<string>;
  /** What the compiler says of those that could not even run. */
  readonly unable: ReadonlyMap<Fault, string>;
}

type Answer = readonly [verdict: Judgement['verdict'], detail: string];

const CAUGHT: Answer = ['caught', ''];

async function judge(tree: Tree, fault: Fault, { green, unable }: Known): Promise<Answer> {
  const complaint = unable.get(fault);
  const unusable = unusableBecause(tree, fault) ?? (complaint && `the fault does not even run: ${complaint}`) ?? null;
  if (unusable !== null) {
    return ['invalid', unusable];
  }
  if (!green.has(testOf(fault))) {
    const before = await runNamed(tree, [fault]);
    const skipped = before.find((result) => result.state === 'skipped');
    if (skipped !== undefined) {
      return ['skipped', skipped.reason];
    }
    if (before.length === 0 || before.some((result) => result.state === 'failed')) {
      return ['invalid', `without the fault the test ${before.length === 0 ? 'does not exist' : 'is red'}`];
    }
  }
  return await tree.planted(fault.file, fault.find, fault.replace, async () => {
    const after = await runNamed(tree, [fault]);
    if (after.length === 0) {
      return ['invalid', 'with the fault the test did not run to its end'];
    }
    return after.some((result) => result.state === 'failed') ? CAUGHT : ['survived', fault.why];
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

/** What became of the tests with the names that the faults name; none when a file did not load or hung. */
async function runNamed(tree: Tree, faults: readonly Fault[]): Promise<readonly TestResult[]> {
  const names = new Set(faults.map(({ test }) => test.name));
  const files = new Set(faults.map(({ test }) => test.file));
  const { results, timedOut } = await runTests(
    [FIXED_SEED, '--test-isolation=none', ...[...names].map(namePattern), ...files],
    optionsOf(tree, TIMEOUT_MS),
  );
  return timedOut ? [] : results.filter(({ kind, name }) => kind === 'test' && names.has(name));
}

function optionsOf(tree: Tree, timeout: number): RunOptions {
  return { cwd: tree.path, timeout, env: { PLIMSOLL_TEST_DATA: dataFolder, NODE_COMPILE_CACHE: tree.compiled } };
}
