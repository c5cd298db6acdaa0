import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { haskellLock } from './index.ts';

evidence('catalogers/haskell-lock cabal', 'real tool', 'a freeze that cabal wrote, against its install plan');
evidence('catalogers/haskell-lock stack', 'real tool', 'a lock file that Stack wrote, against what it lists');

const CABAL = 'srv/cabal.project.freeze';
const STACK = 'srv/stack.yaml.lock';

catalogerContract(haskellLock, { example: { path: STACK, bytes: lockFile('haskell', 'stack.yaml.lock') } });

function read(path: string, text: string | Uint8Array): Found {
  return haskellLock.read({ path, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

for (const name of ['cabal.project.freeze', 'stack.yaml.lock']) {
  test(`${name} lists what its tool lists`, () => {
    const found = read(`srv/${name}`, lockFile('haskell', name));
    const listed = listOf('haskell', name);
    assert.ok(listed.length >= 10);
    assert.deepEqual(asList(found.packages), listed);
    assert.equal(found.unknowns, undefined);
    assert.ok(found.packages?.every((record) => record.type === 'hackage' && record.confidence === 'declared'));
  });
}

test('of constraints those count that say versions', () => {
  const text = `active-repositories: hackage.haskell.org:merge
-- a comment
constraints: any.a ==1.0,
             a +flag -other,
             any.b ==1.0 || ==2.0, any.c installed,
             d:setup.e ==3,
             any.f >=1 && <2,
             any.g ==1.*
index-state: hackage.haskell.org 2026-01-01T00:00:00Z
tests: True
`;
  const found = read(CABAL, text);
  assert.deepEqual(asList(found.packages), ['a 1.0', 'b 1.0', 'b 2.0', 'e 3']);
  assert.deepEqual(found.unknowns, [
    '3 entries without an exact version, the first "any.c installed"',
    'an entry other than constraints: "tests: True"',
  ]);
});

test('a snapshot is not known, repositories say name and version', () => {
  const text = `packages:
- completed:
    hackage: a-b-1.0@rev:1
  original:
    hackage: a-b-1.0
- completed:
    commit: '00'
    git: https://example.org/c
    name: c
    version: '2.0'
- completed:
    hackage: nothing
snapshots:
- completed:
    size: 1
    url: https://example.org/lts/22/1.yaml
  original: lts-22.1
`;
  const found = read(STACK, text);
  assert.deepEqual(asList(found.packages), ['a-b 1.0', 'c 2.0']);
  assert.deepEqual(found.unknowns, [
    'an entry without a name and a version: "nothing"',
    'an entry for a snapshot, whose packages stand elsewhere: "lts-22.1"',
  ]);
});

test('another file is an error', () => {
  for (const path of [CABAL, STACK]) {
    for (const text of ['', 'a: b', '- a']) {
      assert.throws(() => read(path, text), { object: path }, text);
    }
  }
});
