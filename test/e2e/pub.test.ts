import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { pub } from '#lib/packages/catalogers/pub/index.ts';
import { evidence } from '#test/evidence.ts';
import { pythonPackages } from '#test/fixtures/python-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/pub',
  'published',
  'descriptions of Flutter packages in wheels of PyPI, as a reader of all of YAML reads them, in folders as pub names them',
);

interface Description {
  readonly name: string;
  readonly version: string;
}

test('packages are called as their descriptions say', { skip: missing('python') }, async (t) => {
  const root = await pythonPackages(resolve(import.meta.dirname, '../fixtures/pub/requirements.txt'));
  const files = globSync('flutter/*/pubspec.yaml', { cwd: root });
  const pairs = files.map((file) => {
    const bytes = readFileSync(join(root, file));
    const { name, version } = parse(bytes.toString()) as Description;
    const places = [`hosted/pub.dev/${name}-${version}`, `git/repository-${'0a'.repeat(20)}`];
    const found = places.map((place) => {
      const path = `root/.pub-cache/${place}/pubspec.yaml`;
      assert.ok(pub.wants({ path, mode: 0o644, size: bytes.length }), path);
      return pub.read({ path, bytes });
    });
    return { expected: `${name} ${version}`, found };
  });
  for (const { expected, found } of pairs) {
    for (const { packages = [], unknowns } of found) {
      assert.equal(unknowns, undefined);
      assert.deepEqual(
        packages.map(({ name, version }) => `${name} ${version}`),
        [expected],
      );
    }
  }
  assert.ok(new Set(pairs.map(({ expected }) => expected)).size >= 10, `${pairs.length}`);
  t.diagnostic(`${pairs.length} packages`);
});
