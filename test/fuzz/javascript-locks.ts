import { type AppError, isAppError } from '#base/error.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { lockFile } from '#test/fixtures/lock-files/index.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const SEEDS = [
  'npm-1.json',
  'npm-3.json',
  'yarn-1.lock',
  'yarn-4.lock',
  'pnpm-5.yaml',
  'pnpm-9.yaml',
  'bun.lock',
  'deno.lock',
];

const FILES: readonly (readonly [id: string, path: string])[] = [
  ['npm-lock', 'app/package-lock.json'],
  ['yarn-lock', 'app/yarn.lock'],
  ['pnpm-lock', 'app/pnpm-lock.yaml'],
  ['bun-lock', 'app/bun.lock'],
  ['deno-lock', 'app/deno.lock'],
];

/** Lock files of JavaScript, and with them the reader of YAML: each input is read as every one of them. */
export const javascriptLocks: FuzzTarget = {
  id: 'javascript-locks',
  seeds: () => SEEDS.map((name) => lockFile('javascript', name).subarray(0, 3000)),
  maxMillis: 200,
  dictionary: [
    '{"lockfileVersion": 3, "packages": {',
    '"node_modules/',
    '/node_modules/',
    '"dependencies": {',
    '__metadata:\n  version: 8\n',
    "lockfileVersion: '9.0'\n",
    'packages:\n',
    'snapshots:\n',
    'resolution: {',
    '? ',
    '- ',
    '>-\n',
    '---\n',
    '@npm:',
    '@workspace:',
    '(a@1.0.0)',
    '// ',
    '/*',
    ',]',
  ],
  run: (input) => {
    const refusals = FILES.flatMap(([id, path]) => refusalOf(() => runCataloger(id, path, input)));
    const [first] = refusals;
    if (first !== undefined && refusals.length === FILES.length) {
      throw first;
    }
  },
};

/** Each format refuses the others: that is no reason not to go on. */
function refusalOf(read: () => void): readonly AppError[] {
  try {
    read();
    return [];
  } catch (error) {
    if (isAppError(error)) {
      return [error];
    }
    throw error;
  }
}
