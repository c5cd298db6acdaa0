import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { rubyLock } from './index.ts';

evidence('catalogers/ruby-lock', 'real tool', 'a lock file that Bundler wrote, as Bundler reads it');

const PATH = 'srv/app/Gemfile.lock';

catalogerContract(rubyLock, { example: { path: PATH, bytes: lockFile('ruby', 'Gemfile.lock') } });

function read(text: string | Uint8Array): Found {
  return rubyLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('the gems are those that Bundler reads, with their platforms', () => {
  const found = read(lockFile('ruby', 'Gemfile.lock'));
  const listed = listOf('ruby', 'Gemfile.lock');
  assert.ok(listed.length >= 10);
  const gems = (found.packages ?? []).map(({ name, version, architecture = '' }) =>
    `${name} ${version} ${architecture}`.trim(),
  );
  assert.deepEqual(gems.toSorted(), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'gem' && record.confidence === 'declared'));
});

test('the edges are those that Bundler reads', () => {
  const { packages = [] } = read(lockFile('ruby', 'Gemfile.lock'));
  const edges = packages.flatMap(({ name, architecture = 'ruby', requires = [] }) =>
    requires.map((needed) => `${name} ${architecture} -> ${needed.slice(0, needed.indexOf('@'))}`),
  );
  const listed = lockFile('ruby', 'Gemfile.lock.edges').toString().trim().split('\n');
  assert.deepEqual(edges.toSorted(), listed.toSorted());
});

test('gems of folders, sections of other things and Windows line ends', () => {
  const text = [
    'PATH',
    '  remote: .',
    '  specs:',
    '    own (1.0)',
    '      a',
    '',
    'GEM',
    '  remote: https://example.org/',
    '  specs:',
    '    a (1.0.0.pre.1)',
    '    broken',
    '    also ()',
    '',
    'PLATFORMS',
    '    not (1.0)',
    '',
    'DEPENDENCIES',
    '    neither (1.0)',
    '',
  ].join('\r\n');
  const found = read(text);
  assert.deepEqual(asList(found.packages), ['a 1.0.0.pre.1']);
  assert.deepEqual(found.unknowns, ['2 entries without a version, the first "broken"']);
});

test('another file is an error, gems of nobody are none', () => {
  for (const text of ['', 'gem "a"\n', '    a (1.0)\n']) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
  assert.deepEqual(read('DEPENDENCIES\n'), { packages: [] });
});

test('both names of the file are wanted', () => {
  for (const [path, wanted] of [
    ['Gemfile.lock', true],
    ['srv/gems.locked', true],
    ['srv/Gemfile', false],
    ['srv/a.Gemfile.lock', false],
  ] as const) {
    assert.equal(rubyLock.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});
