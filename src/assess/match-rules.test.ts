import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchPackages } from '#lib/advisories/index.ts';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { Affected } from '#model/advisory.ts';
import type { LayersInventory } from '#model/inventory.ts';
import { goProgram } from '#test/fixtures/go-program.ts';
import { properties } from '#test/fixtures/java-archives.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import { matchAll, shown } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { setCoveredApart } from './covered.ts';
import { assembleInventory } from './inventory.ts';

/** Rules of `docs/reference/match-rules.md` that hang on what catalogers find, from the file to the finding. */

const catalogers = await loadCatalogers();

async function inventoryOf(...files: readonly TarInput[]): Promise<LayersInventory> {
  const image = imageOf(layerOf(files));
  return assembleInventory(await readImageFacts(image, catalogers, { integrity: 'require' }), catalogers);
}

async function findingsOf(rows: readonly Affected[], ...files: readonly TarInput[]): Promise<readonly string[]> {
  const { packages, os } = await inventoryOf(...files);
  return shown(matchAll(os, rows, ...packages).findings);
}

function advisory(ecosystem: string, name: string, fixed?: string): Affected {
  return affectedOf(advisoryOf({ id: `TEST-${name}` }), ecosystem, name, fixed);
}

test('rule 6: the repositories of an image of Alpine say its release before os-release does', async () => {
  const apk = (branch: string): readonly TarInput[] => [
    { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.19.1\n' },
    { path: 'etc/apk/repositories', content: `https://mirror.example/alpine/${branch}/main\n` },
    { path: 'lib/apk/db/installed', content: 'P:busybox\nV:1.36.1-r0\nA:x86_64\no:busybox\n\n' },
  ];
  const rows = ['v3.19', 'v3.20'].map((branch) =>
    affectedOf(advisoryOf({ id: `TEST-${branch}` }), `Alpine:${branch}`, 'busybox', '2'),
  );
  assert.deepEqual(await findingsOf(rows, ...apk('v3.20')), ['TEST-v3.20 busybox 2']);
  assert.deepEqual(await findingsOf(rows, ...apk('v3.19')), ['TEST-v3.19 busybox 2']);
  // Nothing is published for edge: no finding of another release, and an unknown.
  assert.deepEqual(await findingsOf(rows, ...apk('edge')), []);
});

describe('an image with what the distribution made, and with what it did not', () => {
  const image = (maintainer: string): readonly TarInput[] => [
    { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' },
    { path: 'usr/lib/node_modules/a/package.json', content: '{"name":"a","version":"1.0.0"}' },
    { path: 'var/lib/dpkg/info/nodejs.list', content: '/usr/lib/node_modules/a/package.json\n' },
    {
      path: 'var/lib/dpkg/status',
      content: `Package: nodejs\nStatus: install ok installed\nMaintainer: ${maintainer}\nVersion: 18.1.0-1\n\n`,
    },
  ];
  const rows = [advisory('Debian:12', 'nodejs', '18.19.0-1'), advisory('npm', 'a', '2.0.0')];

  async function judged(
    files: readonly TarInput[],
    given = rows,
  ): Promise<readonly [counts: readonly string[], covered: readonly string[]]> {
    const { packages, os } = await inventoryOf(...files);
    const result = matchAll(os, given, ...packages);
    const { findings, covered } = setCoveredApart(result, result.known);
    return [shown(findings), shown(covered.findings)];
  }

  const own = 'Debian Javascript Maintainers <pkg-javascript-devel@lists.alioth.debian.org>';

  test('rule 7: packages of other vendors are not matched with the advisories of the distribution', async () => {
    assert.deepEqual((await judged(image(own)))[0], ['TEST-nodejs nodejs 18.19.0-1']);
    assert.deepEqual(await judged(image('NodeSource Support <support@nodesource.com>')), [['TEST-a a 2.0.0'], []]);
  });

  test('rule 8: of what a package of the distribution brought its advisories speak, if they know it', async () => {
    assert.deepEqual((await judged(image(own)))[1], ['TEST-a a 2.0.0']);
    assert.deepEqual(await judged(image(own), rows.slice(1)), [['TEST-a a 2.0.0'], []]);
  });

  test('rule 13: a distribution that says "not affected" has spoken of the same files', async () => {
    const denied = rows.map((row) => (row.ecosystem === 'npm' ? row : { ...row, state: 'not_affected' as const }));
    assert.deepEqual(await judged(image(own), denied), [[], ['TEST-a a 2.0.0']]);
  });
});

describe('rule 9: Go', () => {
  const program = (version: string, modules: string | null): TarInput => ({
    path: 'usr/bin/a',
    content: goProgram({ version, modules }),
    mode: 0o755,
  });
  const rows = [
    { ...advisory('Go', 'stdlib'), ranges: [range('0', '1.21.8'), range('1.22.0-0', '1.22.1')] },
    { ...advisory('Go', 'example.com/a'), ranges: [range('0', '1.2.0')] },
    { ...advisory('Go', 'example.com/b'), ranges: [range('0', '1.2.0')] },
    { ...advisory('Go', 'example.com/fork'), ranges: [range('0', '1.2.0')] },
  ];

  function range(introduced: string, fixed: string): Affected['ranges'][number] {
    return { type: 'SEMVER', events: [{ introduced }, { fixed }] };
  }

  test('the toolchain is a version of the standard library, whatever was built into its name', async () => {
    const cases: readonly (readonly [toolchain: string, affected: boolean])[] = [
      ['go1.21.7', true],
      ['go1.21.8', false],
      ['go1.22rc1', true],
      ['go1.22.0 X:boringcrypto', true],
      ['go1.22.1 X:loopvar', false],
      ['go1.22.0-custom', true],
      ['go1.22.1-custom', false],
    ];
    for (const [toolchain, affected] of cases) {
      assert.equal((await findingsOf(rows, program(toolchain, 'path\ta\n'))).length, affected ? 1 : 0, toolchain);
    }
  });

  test('a main module that was built outside of a release is held against nothing', async () => {
    const main = (version: string): TarInput =>
      program('go1.23.0', `path\texample.com/a\nmod\texample.com/a\t${version}\t\n`);
    assert.deepEqual(await findingsOf(rows, main('(devel)')), []);
    assert.deepEqual(await findingsOf(rows, main('v0.0.0-20240101000000-0123456789ab')), []);
    assert.deepEqual(await findingsOf(rows, main('v1.1.0')), ['TEST-example.com/a example.com/a 1.2.0']);
  });

  test('a dependency between releases has a place, and what replaces it is what is there', async () => {
    const dep = (version: string): string => `path\ta\ndep\texample.com/b\t${version}\th1:x=\n`;
    const before = 'v1.1.1-0.20240101000000-0123456789ab';
    const after = 'v1.2.1-0.20240101000000-0123456789ab';
    assert.deepEqual(await findingsOf(rows, program('go1.23.0', dep(before))), [
      'TEST-example.com/b example.com/b 1.2.0',
    ]);
    assert.deepEqual(await findingsOf(rows, program('go1.23.0', dep(after))), []);
    const replaced = `${dep('v1.1.0')}=>\texample.com/fork\tv1.3.0\th1:y=\n`;
    assert.deepEqual(await findingsOf(rows, program('go1.23.0', replaced)), []);
    const older = `${dep('v1.3.0')}=>\texample.com/fork\tv1.1.0\th1:y=\n`;
    assert.deepEqual(await findingsOf(rows, program('go1.23.0', older)), [
      'TEST-example.com/fork example.com/fork 1.2.0',
    ]);
  });
});

describe('rule 11: Java', () => {
  const core = properties('org.apache.logging.log4j', 'log4j-core', '2.14.1');
  const api = properties('org.apache.logging.log4j', 'log4j-api', '2.14.1');
  const rows = [advisory('Maven', 'org.apache.logging.log4j:log4j-core', '2.17')];
  const expected = ['TEST-org.apache.logging.log4j:log4j-core org.apache.logging.log4j:log4j-core 2.17'];
  const jar = (path: string, ...entries: Parameters<typeof zipArchive>[0]): TarInput => ({
    path,
    content: zipArchive(entries),
  });

  test('what is shaded into an archive, and what is nested in it, is found by its own coordinates', async () => {
    assert.deepEqual(await findingsOf(rows, jar('srv/log4j-core-2.14.1.jar', core)), expected);
    assert.deepEqual(await findingsOf(rows, jar('srv/app-1.0.jar', properties('g', 'app', '1.0'), core)), expected);
    const inner = { name: 'BOOT-INF/lib/log4j-core-2.14.1.jar', content: zipArchive([core]) };
    assert.deepEqual(await findingsOf(rows, jar('srv/app.jar', properties('g', 'app', '1.0'), inner)), expected);
    const war = { name: 'app.war', content: zipArchive([inner]) };
    assert.deepEqual(await findingsOf(rows, jar('srv/app.ear', properties('g', 'ear', '1.0'), war)), expected);
  });

  test('parts of one project do not share their vulnerabilities, and zeros behind a version say nothing', async () => {
    assert.deepEqual(await findingsOf(rows, jar('srv/log4j-api-2.14.1.jar', api)), []);
    const repaired = properties('org.apache.logging.log4j', 'log4j-core', '2.17.0');
    assert.deepEqual(await findingsOf(rows, jar('srv/log4j-core-2.17.0.jar', repaired)), []);
  });

  test('an archive of which nobody says the group is held against nothing, and said', async () => {
    const { packages, os } = await inventoryOf(jar('srv/log4j-core-2.14.1.jar', { name: 'a/A.class', content: '' }));
    assert.deepEqual(
      packages.map(({ name }) => name),
      ['log4j-core'],
    );
    assert.deepEqual(matchPackages(packages, os, new Map()).findings, []);
    assert.deepEqual(await findingsOf(rows, jar('srv/log4j-core-2.14.1.jar', { name: 'a/A.class', content: '' })), []);
  });
});
