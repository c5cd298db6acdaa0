import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { importsOf } from './layers/imports.ts';
import { findViolations } from './layers/violations.ts';
import { LAYERS } from './layers.ts';
import { listFiles, root } from './lib/files.ts';

function problems(path: string, source: string): readonly string[] {
  return findViolations([{ path, source }]).map((violation) => violation.problem);
}

const files = listFiles('src', '.ts').map((path) => ({ path, source: readFileSync(resolve(root, path), 'utf8') }));
const product = files.filter(({ path }) => !path.endsWith('.test.ts'));

/** A package may be entered by a path of its own: `protobufjs/minimal.js`. */
function isOf(grant: string, specifier: string): boolean {
  return specifier === grant || specifier.endsWith(`/${grant}`) || specifier.startsWith(`${grant}/`);
}

describe('import direction', () => {
  it('holds in every file of src/', () => {
    assert.ok(files.length >= 20, `found only ${files.length} files`);
    const found = findViolations(files).map(({ path, line, problem }) => `${path}:${line}: ${problem}`);
    assert.deepEqual(found, []);
  });

  it('grants nothing that is not used', () => {
    const unused = Object.entries(LAYERS).flatMap(([folder, { siblings = [], packages = [] }]) => {
      const used = product
        .filter(({ path }) => path.startsWith(`src/${folder}/`))
        .flatMap(({ path, source }) => importsOf(path, source).map(({ specifier }) => specifier ?? ''));
      return [...siblings.map((sibling) => `#${sibling}/index.ts`), ...packages]
        .filter((grant) => !used.some((specifier) => isOf(grant, specifier)))
        .map((grant) => `${folder} may use ${grant}, and does not`);
    });
    assert.deepEqual(unused, []);
  });
});

describe('a planted violation is found', () => {
  const cases: readonly (readonly [what: string, path: string, source: string, problem: RegExp])[] = [
    ['upward', 'src/lib/oci/a.ts', "import { a } from '#assess/index.ts';", /above lib\/oci/],
    ['sideways', 'src/lib/layers/a.ts', "import { a } from '#lib/oci/index.ts';", /beside lib\/layers/],
    ['a library in the store', 'src/store/cache/a.ts', "import { a } from '#lib/oci/index.ts';", /beside store\/cache/],
    ['type-only', 'src/base/a.ts', "import type { A } from '#model/layer.ts';", /import of model, which is above base/],
    ['type import()', 'src/base/a.ts', "type A = import('#model/layer.ts').A;", /type import of model/],
    ['re-export', 'src/model/a.ts', "export { a } from '#lib/oci/index.ts';", /re-export of lib\/oci/],
    ['re-export of all', 'src/model/a.ts', "export * from '#lib/oci/index.ts';", /re-export of lib\/oci/],
    ['type re-export', 'src/model/a.ts', "export type { A } from '#lib/oci/index.ts';", /re-export of lib\/oci/],
    ['dynamic', 'src/store/cache/a.ts', "await import('#assess/index.ts');", /dynamic import of assess/],
    ['dynamic, template', 'src/store/cache/a.ts', 'await import(`#assess/index.ts`);', /dynamic import of assess/],
    ['dynamic, unknown', 'src/store/cache/a.ts', 'await import(name);', /not a literal/],
    ['require', 'src/store/cache/a.ts', "require('#assess/index.ts');", /require of assess/],
    ['worker', 'src/store/cache/a.ts', "new Worker(new URL('../../cli/a.ts', import.meta.url));", /past the door/],
    ['deep', 'src/assess/a.ts', "import { a } from '#lib/oci/reference.ts';", /past the door src\/lib\/oci\/index.ts/],
    ['deep, relative', 'src/assess/a.ts', "import { a } from '../lib/oci/reference.ts';", /past the door/],
    ['npm package', 'src/lib/oci/a.ts', "import pino from 'pino';", /pino, which lib\/oci may not use/],
    ['npm package, scoped', 'src/lib/oci/a.ts', "import '@a/b/c.js';", /@a\/b, which lib\/oci may not use/],
    ['guarded built-in', 'src/assess/a.ts', "import { DatabaseSync } from 'node:sqlite';", /node:sqlite/],
    ['test runner', 'src/assess/a.ts', "import test from 'node:test';", /node:test/],
    ['test code', 'src/assess/a.ts', "import { a } from './a.test.ts';", /test code/],
    ['test helper', 'src/assess/a.ts', "import { data } from '#test/prerequisites.ts';", /outside src/],
    ['tool', 'src/assess/a.ts', "import { root } from '../../tools/lib/files.ts';", /outside src/],
    ['unlisted folder', 'src/extra/a.ts', 'export {};', /no folder of the table/],
    [
      'import of an unlisted folder',
      'src/cli/a.ts',
      "import { a } from '../extra/index.ts';",
      /no folder of the table/,
    ],
    ['test that looks up', 'src/lib/oci/a.test.ts', "import { a } from '#assess/index.ts';", /above lib\/oci/],
    ['test past a door', 'src/lib/oci/a.test.ts', "import { a } from '#lib/layers/tar.ts';", /past the door/],
  ];
  for (const [what, path, source, problem] of cases) {
    it(what, () => {
      const found = problems(path, source);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', problem);
    });
  }

  it('of two folders that only assess may compose, over two files', () => {
    const planted = [
      { path: 'src/cli/a.ts', source: "import { a } from '#lib/oci/index.ts';" },
      { path: 'src/cli/b.ts', source: "import { b } from '#lib/policy/index.ts';" },
    ];
    assert.match(findViolations(planted)[0]?.problem ?? '', /only assess may import both/);
    const composed = planted.map(({ path, source }) => ({ path: path.replace('cli', 'assess'), source }));
    assert.deepEqual(findViolations(composed), []);
  });
});

describe('what the table grants passes', () => {
  const cases: readonly (readonly [path: string, source: string])[] = [
    ['src/cli/a.ts', "import { a } from '#assess/index.ts';"],
    ['src/lib/packages/catalogers/dpkg/a.ts', "import { a } from '../../purl.ts';"],
    ['src/lib/advisories/match/a.ts', "import { a } from '#lib/versions/index.ts';"],
    ['src/lib/oci/a.ts', "import type { Digest } from '#base/digest.ts';"],
    ['src/lib/oci/a.ts', "import { createHash } from 'node:crypto';"],
    ['src/lib/oci/a.test.ts', "import fc from 'fast-check'; import { data } from '#test/prerequisites.ts';"],
    ['src/lib/sbom/a.test.ts', "import { a } from '#lib/packages/index.ts';"],
    ['src/lib/versions/contract.ts', "import test from 'node:test';"],
    ['src/store/metadata/contract/tags.ts', "import test from 'node:test';"],
    ['src/lib/layers/a.ts', "new Worker(new URL('./hash-worker.ts', import.meta.url));"],
  ];
  for (const [path, source] of cases) {
    it(`${path}: ${source}`, () => assert.deepEqual(problems(path, source), []));
  }
});
