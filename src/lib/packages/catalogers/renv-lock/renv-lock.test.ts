import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { renvLock } from './index.ts';

evidence('catalogers/renv-lock', 'real tool', 'a lock file in the form of renv, as another scanner reads it');

const PATH = 'srv/renv.lock';

catalogerContract(renvLock, { example: { path: PATH, bytes: lockFile('judged', 'renv.lock') } });

function read(text: string | Uint8Array): Found {
  return renvLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'renv.lock'));
  const listed = listOf('judged', 'renv.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'cran' && record.confidence === 'declared'));
});

test('edges are those of the file, in both of its forms', () => {
  const { packages = [] } = read(lockFile('judged', 'renv.lock'));
  assert.deepEqual(packages.find(({ name }) => name === 'Anchor')?.requires, ['Buoy@2.0-1']);
  const later = {
    Packages: {
      a: {
        Package: 'a',
        Version: '1.0',
        Depends: ['R (>= 4.0)'],
        Imports: ['b (>= 2.0)', 'methods'],
        LinkingTo: ['c'],
      },
      b: { Package: 'b', Version: '2.0', Source: 'GitHub', RemoteSha: '00' },
      c: { Package: 'c', Version: '3.0', Source: 'Bioconductor' },
      d: { Package: 'd', Source: 'unknown' },
    },
  };
  const found = read(JSON.stringify(later));
  assert.deepEqual(found.packages?.[0]?.requires, ['b@2.0', 'c@3.0']);
  assert.deepEqual(asList(found.packages), ['a 1.0', 'b 2.0', 'c 3.0']);
  assert.deepEqual(found.unknowns, ['an entry without a version: "d"']);
});

test('another file is an error', () => {
  for (const text of ['', '{}', '[]', '{']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
