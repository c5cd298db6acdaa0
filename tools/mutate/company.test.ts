import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { root as tree } from '../lib/files.ts';
import { companiesOf } from './company.ts';
import type { Fault } from './faults.ts';

const root = mkdtempSync(join(tmpdir(), 'plimsoll-company-'));
after(() => rmSync(root, { recursive: true }));

const FILES: Readonly<Record<string, string>> = {
  'src/lib/a.ts': "import { base } from '#base/base.ts'; export const a = base;",
  'src/lib/a.test.ts': "import { a } from './a.ts';",
  'src/lib/b.ts': "import type { a } from './a.ts'; export const b = 1;",
  'src/lib/b.test.ts': "export { b } from './b.ts';",
  'src/lib/worker.test.ts': "new Worker(new URL('./b.ts', import.meta.url));",
  'src/lib/dynamic.test.ts': "await import('./a.ts');",
  'src/lib/unclear.test.ts': 'await import(process.env.X);',
  'src/lib/starts.test.ts': "import { a } from './a.ts'; spawn(process.execPath, ['-e', a]);",
  'src/base/base.ts': 'export const base = 1;',
  'src/base/base.test.ts': "import { base } from './base.ts';",
  'test/e2e/whole.test.ts': "import { a } from '#lib/a.ts';",
};
for (const [file, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const fault = (file: string, test: string): Fault => ({
  id: `${file} ${test}`,
  why: 'it matters',
  file,
  find: '1',
  replace: '2',
  test: { file: test, name: 'x' },
});
const A = fault('src/lib/a.ts', 'src/lib/a.test.ts');
const B = fault('src/lib/b.ts', 'src/lib/b.test.ts');
const BASE = fault('src/base/base.ts', 'src/base/base.test.ts');

for (const [name, faults, sizes] of [
  [
    'tests that load nothing of each other go together',
    [A, B, { ...B, ...fault('src/lib/b.ts', 'src/lib/b.test.ts') }],
    [2, 1],
  ],
  ['a fault in what another test loads, however far away, does not', [A, BASE], [1, 1]],
  [
    'what a test loads later, and what a thread loads, count',
    [A, B, fault('src/lib/a.ts', 'src/lib/dynamic.test.ts'), fault('src/lib/b.ts', 'src/lib/worker.test.ts')],
    [2, 2],
  ],
  [
    'what cannot be followed is alone',
    [
      B,
      fault('src/lib/a.ts', 'src/lib/unclear.test.ts'),
      fault('src/lib/a.ts', 'src/lib/starts.test.ts'),
      fault('src/lib/a.ts', 'test/e2e/whole.test.ts'),
    ],
    [1, 1, 1, 1],
  ],
] as const) {
  test(name, () => {
    assert.deepEqual(
      companiesOf(root, faults).map(({ length }) => length),
      sizes,
    );
  });
}

test('what a process of ours loads that a test starts counts', () => {
  const judging = fault('src/stages/catalog/judge/commit.ts', 'src/stages/catalog/judge/judge-image.slow.test.ts');
  const cataloger = fault(
    'src/lib/packages/catalogers/gem/parse-gemspec.ts',
    'src/lib/packages/catalogers/gem/gem.test.ts',
  );
  const elsewhere = fault('src/cli/options.ts', 'src/cli/options.test.ts');
  const sizes = companiesOf(tree, [judging, cataloger, elsewhere]).map(({ length }) => length);
  assert.deepEqual(sizes, [2, 1]);
});
