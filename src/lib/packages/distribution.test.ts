import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { OsRelease } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { RELEASE_SAMPLES } from '#test/samples/release-files.ts';
import { osRelease } from './catalogers/os-release/index.ts';
import { RELEASE_FILES } from './catalogers/os-release/release-files.ts';
import { chooseDistribution, type Distribution } from './distribution.ts';

evidence(
  'distribution/release-files',
  'published',
  'release files of 40 systems of 29 distributions, a few shortened, from tests and notes of others; those of six Alpine root file systems',
);

function choose(files: Readonly<Record<string, string>>): Distribution {
  return chooseDistribution(
    Object.entries(files).map(([path, text]) => {
      assert.ok(osRelease.wants({ path, mode: 0o644, size: text.length }), path);
      return { path, found: osRelease.read({ path, bytes: Buffer.from(text) }) };
    }),
  );
}

function summary(os: OsRelease | null): string {
  const release = [os?.id, os?.versionId].filter((part) => part !== undefined).join(' ');
  return os?.rolling === undefined ? release : `${release}, ${os.rolling}`;
}

for (const { name, files, expected } of RELEASE_SAMPLES) {
  test(`${name} is ${expected}`, () => {
    const { os, contradictions } = choose(files);
    assert.equal(summary(os), expected);
    assert.deepEqual(contradictions, []);
  });
}

test('samples are enough, and say where they are from', (t) => {
  const ids = new Set(RELEASE_SAMPLES.map(({ expected }) => expected.split(/[ ,]/, 1)[0]));
  assert.ok(RELEASE_SAMPLES.length >= 40);
  assert.ok(ids.size >= 29, `${ids.size}`);
  assert.ok(RELEASE_SAMPLES.every(({ from }) => from !== ''));
  t.diagnostic(`${RELEASE_SAMPLES.length} systems of ${ids.size} distributions`);
});

test('every Alpine root file system is of its release by each of its files', {
  skip: missing('shared-data', 'gnu-tar'),
}, () => {
  const archives = readdirSync(data('rootfs')).filter((name) => name.startsWith('alpine-'));
  assert.equal(archives.length, 6);
  for (const archive of archives) {
    const version = archive.split('-')[1] ?? '';
    const read = (path: string): string =>
      execFileSync('tar', ['-xzOf', data(`rootfs/${archive}`), `./${path}`], { encoding: 'utf8' });
    const own = { 'etc/os-release': read('etc/os-release') };
    const older = { 'etc/alpine-release': read('etc/alpine-release') };
    const repositories = { 'etc/apk/repositories': read('etc/apk/repositories') };
    for (const files of [own, older, { ...own, ...older, ...repositories }, { ...older, ...repositories }]) {
      const { os, contradictions } = choose(files);
      assert.equal(summary(os), `alpine ${version}`, archive);
      assert.deepEqual(contradictions, [], archive);
    }
  }
});

test('Debian images of testing and unstable say so, those of releases have a number', {
  skip: missing('shared-data'),
}, () => {
  const names = readdirSync(data('manifests')).filter((name) => name.endsWith('.os-release'));
  for (const name of names) {
    const { os } = choose({ 'etc/os-release': readFileSync(data(`manifests/${name}`), 'utf8') });
    const unfinished = /^(sid|testing|trixie|unstable)/.test(name);
    assert.equal(os?.rolling, unfinished ? 'testing/sid' : undefined, name);
    assert.equal(os?.versionId === undefined, unfinished, name);
  }
});

const ALPINE = 'ID=alpine\nVERSION_ID=3.20.3\n';
const MIRROR = 'https://dl-cdn.alpinelinux.org/alpine';

test('the repositories of Alpine come before its os-release', () => {
  const cases: readonly (readonly [lines: readonly string[], expected: string, foreign: RegExp | null])[] = [
    [[`${MIRROR}/v3.20/main`, `${MIRROR}/v3.20/community`], 'alpine 3.20.3', null],
    [[`${MIRROR}/edge/main`, `${MIRROR}/edge/community`], 'alpine 3.20.3, edge', /"edge" alone.*"v3.20"/],
    [[`${MIRROR}/v3.21/main`], 'alpine 3.21', /"v3.21" alone.*"v3.20"/],
    [[`${MIRROR}/v3.20/main`, `${MIRROR}/edge/main`], 'alpine 3.20.3', /"v3.20" alone.*"edge"/],
    [[`${MIRROR}/v3.20/main`, `${MIRROR}/edge/testing`], 'alpine 3.20.3', /"v3.20" alone.*"edge\/testing"/],
    [[`${MIRROR}/v3.20/main`, `@edge ${MIRROR}/edge/main`], 'alpine 3.20.3', null],
    [[`# ${MIRROR}/edge/main`, `${MIRROR}/v3.20/main`], 'alpine 3.20.3', null],
    [[`${MIRROR}/latest-stable/main`], 'alpine 3.20.3', null],
    [['https://packages.wolfi.dev/os', '/srv/alpine/'], 'alpine 3.20.3', null],
  ];
  for (const [lines, expected, foreign] of cases) {
    const { os, contradictions } = choose({ 'etc/os-release': ALPINE, 'etc/apk/repositories': lines.join('\n') });
    assert.equal(summary(os), expected, lines.join());
    assert.equal(contradictions.length, foreign === null ? 0 : 1, lines.join());
    assert.match(contradictions[0]?.reason ?? '', foreign ?? /^$/);
  }
});

test('Alpine edge is edge by the version of its files too', () => {
  const files = {
    'etc/os-release': 'ID=alpine\nVERSION_ID=3.21_alpha20240807\n',
    'etc/alpine-release': '3.21_alpha20240807\n',
  };
  for (const some of [files, { ...files, 'etc/apk/repositories': `${MIRROR}/edge/main\n` }]) {
    const { os, contradictions } = choose(some);
    assert.equal(summary(os), 'alpine 3.21_alpha20240807, edge');
    assert.deepEqual(contradictions, []);
  }
});

test('repositories say nothing of a distribution that is not Alpine', () => {
  const { os, contradictions } = choose({
    'etc/os-release': 'ID=wolfi\nVERSION_ID=20230201\n',
    'etc/apk/repositories': `${MIRROR}/edge/main\n`,
  });
  assert.equal(summary(os), 'wolfi 20230201, rolling');
  assert.deepEqual(contradictions, []);
});

test('a file that names another distribution or release contradicts', () => {
  const debian = 'ID=debian\nVERSION_ID="12"\n';
  const cases: readonly (readonly [path: string, text: string, found: string | null])[] = [
    ['etc/debian_version', '12.5\n', null],
    ['etc/debian_version', '11.9\n', 'debian 11.9'],
    ['etc/debian_version', 'trixie/sid\n', null],
    ['etc/debian_version', 'kali-rolling\n', null],
    ['etc/alpine-release', '3.20.3\n', 'alpine 3.20.3'],
    ['etc/rocky-release', 'Rocky Linux release 9.3 (Blue Onyx)\n', 'rocky 9.3'],
    ['etc/lsb-release', 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n', null],
  ];
  for (const [path, text, found] of cases) {
    const { os, contradictions } = choose({ 'etc/os-release': debian, [path]: text });
    assert.equal(os?.id, 'debian');
    assert.deepEqual(
      contradictions.map((item) => `${item.path} ${item.reason}`),
      found === null ? [] : [`${path} expected "debian 12", as the distribution was told by, found "${found}"`],
      text,
    );
  }
});

test('files behind links, of no distribution, or without a name decide nothing', () => {
  assert.equal(choose({}).os, null);
  assert.equal(choose({ 'etc/redhat-release': 'My Own Linux release 3\n' }).os, null);
  assert.equal(choose({ 'etc/os-release': '\n' }).os?.id, '');
  assert.equal(choose({ 'etc/os-release': 'NAME=x\n', 'usr/lib/os-release': 'ID=debian\n' }).os?.id, '');
  assert.equal(summary(choose({ 'usr/lib/fedora-release': 'Fedora release 42 (Adams)\n' }).os), 'fedora 42');
});

test('any text in any of the files is read, and a choice made', () => {
  const paths = [...RELEASE_FILES.map(({ name }) => `etc/${name}`), 'etc/os-release', 'etc/apk/repositories'];
  const words = fc.constantFrom(
    'ID=',
    'alpine',
    '/alpine/',
    'edge/',
    'v3.20/',
    'main\n',
    ' release ',
    '3',
    '.',
    '\n',
    '=',
    '__proto__',
    'DISTRIB_ID=',
    '/sid',
    '\ud800',
  );
  const text = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((all) => all.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...paths), text, { maxKeys: 5 }), (files) => {
      try {
        const { os, contradictions } = choose(files);
        assert.ok(contradictions.every(({ reason }) => reason.length < 600));
        assert.deepEqual(JSON.parse(JSON.stringify(os)), os);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
});

test('no list of repositories is read without end', () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `${MIRROR}/v${index % 100}.${index % 73}/main`);
  assert.throws(() => choose({ 'etc/os-release': ALPINE, 'etc/apk/repositories': lines.join('\n') }), {
    code: 'LIMIT_EXCEEDED',
  });
});
