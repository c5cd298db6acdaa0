import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { vcpkgManifest } from './index.ts';

evidence(
  'catalogers/vcpkg-manifest',
  'real tool',
  'a manifest in the form of vcpkg, whose dependencies another scanner names',
);

const PATH = 'srv/vcpkg.json';

catalogerContract(vcpkgManifest, { example: { path: PATH, bytes: lockFile('judged', 'vcpkg.json') } });

function read(text: string | Uint8Array): Found {
  return vcpkgManifest.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it names what is named elsewhere, with the versions of overrides', () => {
  const found = read(lockFile('judged', 'vcpkg.json'));
  const listed = listOf('judged', 'vcpkg.json');
  assert.ok(listed.length >= 10);
  assert.deepEqual(found.packages?.map(({ name }) => name).toSorted(), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'vcpkg' && record.confidence === 'declared'));
  const buoy = found.packages.find(({ name }) => name === 'buoy');
  assert.deepEqual([buoy?.version, buoy?.qualifiers], ['2.0.0', { port_version: '3' }]);
  const ebb = found.packages.find(({ name }) => name === 'ebb');
  assert.deepEqual([ebb?.version, ebb?.qualifiers], ['2026-11-01', undefined]);
});

test('the least version is no version, and an override alone is no dependency', () => {
  const found = read(
    JSON.stringify({
      name: 'app',
      dependencies: [{ name: 'a', 'version>=': '1.0' }, 'b', { name: 'app', features: ['x'] }],
      features: { x: { dependencies: ['c'] } },
      overrides: [
        { name: 'b', 'version-string': 'r5', 'port-version': 2 },
        { name: 'd', version: '1' },
      ],
    }),
  );
  assert.deepEqual(asList(found.packages), ['a ', 'b r5', 'c ']);
  assert.deepEqual(found.packages?.[1]?.qualifiers, { port_version: '2' });
  assert.deepEqual(read('{"dependencies": [5, {}]}').unknowns, ['2 entries without a usable name, the first ""']);
});

test('another file is an error, and manifests of ports are not wanted', () => {
  for (const text of ['', '{}', '[]', '{']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
  for (const path of ['opt/vcpkg/ports/zlib/vcpkg.json', 'srv/overlay/ports/zlib/vcpkg.json', 'my-vcpkg.json']) {
    assert.equal(vcpkgManifest.wants({ path, mode: 0o644, size: 1 }), false, path);
  }
});
