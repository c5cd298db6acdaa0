import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { rebarLock } from './index.ts';

evidence('catalogers/rebar-lock', 'real tool', 'a lock file that rebar3 wrote, against what it fetched for it');

const GIT = ['an entry without a version: "keel"'];
const PATH = 'srv/rebar.lock';

catalogerContract(rebarLock, { example: { path: PATH, bytes: lockFile('rebar', 'rebar.lock') }, unknowns: GIT });

function read(text: string | Uint8Array): Found {
  return rebarLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what rebar3 fetched', () => {
  const found = read(lockFile('rebar', 'rebar.lock'));
  const listed = listOf('rebar', 'rebar.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.deepEqual(found.unknowns, GIT);
  assert.ok(found.packages?.every((record) => record.type === 'hex' && record.confidence === 'declared'));
});

test('older files are a list alone, with hashes in it', () => {
  const old = read(
    '[{<<"app">>,{pkg,<<"name">>,<<"1.0.0">>,<<"00">>},0},\n {<<"b">>,{hg,"https://example.org",{ref,"1"}},1}].\n',
  );
  assert.deepEqual(asList(old.packages), ['name 1.0.0']);
  assert.deepEqual(old.unknowns, ['an entry without a version: "b"']);
  assert.deepEqual(read('[].\n'), { packages: [] });
});

test('another file is an error', () => {
  for (const text of ['', '{"1.2.0"}.', 'a.', '{"1.2.0",[]', '{[],[]}.']) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
});

test('what Mix and rebar3 fetched brings its own', () => {
  for (const path of ['app/deps/cowboy/rebar.lock', 'app/_build/default/lib/cowboy/rebar.lock', 'rebar.lock.orig']) {
    assert.equal(rebarLock.wants({ path, mode: 0o644, size: 1 }), false, path);
  }
});
