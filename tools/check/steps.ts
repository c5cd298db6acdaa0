import { resolve } from 'node:path';
import { listFiles, root } from '../lib/files.ts';
import { type Outcome, runNode } from '../lib/run.ts';
import { failuresIn, refusedSkips, runTests } from '../test/results.ts';

/** One tool that has to say yes. */
export interface Step {
  readonly name: string;
  /** `paths` limits it to files and folders; empty means the whole tree. */
  run(paths: readonly string[]): Promise<Pick<Outcome, 'status' | 'output'>>;
}

const bin = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  tsc: 'node_modules/typescript/bin/tsc',
} as const;

/** The steps that look at sources; they only see the given paths, except where part of a tree means nothing. */
export const STATIC_STEPS: readonly Step[] = [
  { name: 'format', run: (paths) => runNode([bin.biome, 'check', '--error-on-warnings', ...orAll(paths)]) },
  { name: 'lint', run: (paths) => runNode([bin.oxlint, '--deny-warnings', ...orAll(paths)]) },
  { name: 'types', run: () => runNode([bin.tsc, '--project', '.', '--pretty', 'false']) },
  { name: 'dead code', run: () => runNode([bin.knip, '--no-progress']) },
  { name: 'documents', run: () => runNode(['tools/docs.ts', '--check']) },
];

/** What takes about a second or more (processes, many random inputs) is left to `npm test`: this has to be quick. */
const SLOW = '.slow.test.ts';

/**
 * Unit tests that need nothing but the sources, in one process for each of two cores: 200 small files take a third of a second that way, and 25 seconds in a
 * process each. Slow ones run when they are named.
 */
export const UNIT_STEPS: readonly Step[] = [0, 1].map((half) => ({
  name: `unit tests ${half + 1}/2`,
  run: async (paths) => {
    const wanted = unitTests(paths).filter((file) => paths.length > 0 || !file.endsWith(SLOW));
    const files = wanted.filter((_, index) => index % 2 === half);
    if (files.length === 0) {
      return { status: 0, output: '' };
    }
    const quick = { env: { PLIMSOLL_TEST_QUICK: '1' } };
    const { status, output, results } = await runTests(['--test-isolation=none', ...files], quick);
    const refused = refusedSkips(results, false);
    return { status: refused.length > 0 ? 1 : status, output: [failuresIn(output), ...refused].join('\n') };
  },
}));

/** The unit tests beside the sources, all of them or those below the given paths. */
export function unitTests(paths: readonly string[] = []): readonly string[] {
  const wanted = paths.map((path) => resolve(path));
  return ['src', 'tools', 'bench']
    .flatMap((folder) => listFiles(folder, '.test.ts'))
    .filter((file) => wanted.length === 0 || wanted.some((path) => `${resolve(root, file)}/`.startsWith(`${path}/`)));
}

function orAll(paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? ['.'] : paths;
}
