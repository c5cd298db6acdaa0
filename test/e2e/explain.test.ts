import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Explanation } from '#model/explanation.ts';
import { explanationSchema } from '#model/explanation-schema.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'advisories/explain',
  'published',
  'advisories of Debian, PyPI and Node.js about packages of a root file system',
);

const skip = missing('shared-data');
const home = temporaryHome();
const root = mkdtempSync(join(tmpdir(), 'plimsoll-explain-'));
after(() => {
  home.remove();
  rmSync(root, { recursive: true, force: true });
});

const FILES: Readonly<Record<string, string>> = {
  'etc/os-release': 'ID=debian\nVERSION_ID="11"\n',
  'var/lib/dpkg/status':
    'Package: libcurl4\nStatus: install ok installed\nSource: curl\nVersion: 7.74.0-1.3+deb11u2\nArchitecture: amd64\n\n',
  'usr/lib/python3/dist-packages/redis-3.5.0.dist-info/METADATA':
    'Metadata-Version: 2.1\nName: redis\nVersion: 3.5.0\n',
};

for (const [path, content] of Object.entries(FILES)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

async function explain(id: string): Promise<Explanation> {
  const { code, out, err } = await home.plimsoll([
    'scan',
    `rootfs:${root}`,
    '--explain',
    id,
    '-o',
    'json',
    '--offline',
  ]);
  assert.equal(code, 0, err);
  const explanation = JSON.parse(out) as Explanation;
  explanationSchema.parse(explanation);
  return explanation;
}

describe('scan --explain', { skip }, () => {
  before(async () => {
    // At hand, though the image has no packages of it.
    assert.equal((await home.plimsoll(['advisories', 'update', 'npm'])).code, 0);
  });

  test('says which record, range and comparison make a finding, and that nothing suppresses it', async () => {
    const { answer, packages, records } = await explain('CVE-2022-32221');
    assert.equal(answer, 'found');
    assert.deepEqual(
      packages.map(({ name, version, finding }) => [name, version, finding?.id, finding?.fixedIn]),
      [['libcurl4', '7.74.0-1.3+deb11u2', 'CVE-2022-32221', '7.74.0-1.3+deb11u5']],
    );
    const [statement] = packages[0]?.statements ?? [];
    assert.deepEqual([statement?.advisory, statement?.ecosystem, statement?.name], ['DSA-5330-1', 'Debian:11', 'curl']);
    assert.deepEqual(
      statement?.rows.flatMap(({ ranges }) => ranges.flatMap(({ comparisons }) => comparisons)),
      [
        { event: 'introduced', bound: '0', order: '>', reason: null },
        { event: 'fixed', bound: '7.74.0-1.3+deb11u5', order: '<', reason: null },
      ],
    );
    assert.ok(packages[0]?.checks.every(({ suppresses }) => !suppresses));
    assert.deepEqual(
      records.map(({ id, shard }) => [id, shard.provider]),
      [
        ['DLA-3288-1', 'osv'],
        ['DSA-5330-1', 'osv'],
      ],
    );
    const screen = await home.plimsoll(['scan', `rootfs:${root}`, '--explain', 'DSA-5330-1', '--offline']);
    assert.equal(screen.code, 0);
    assert.match(screen.out, /: FOUND$/m);
    assert.match(screen.out, /7\.74\.0-1\.3\+deb11u2 </);
    assert.match(screen.out, /RECORDS/);
  });

  const none: readonly (readonly [why: string, id: string, reason: RegExp])[] = [
    [
      'is at the fix already',
      'CVE-2022-32205',
      /^7\.74\.0-1\.3\+deb11u2 is outside of every range of DSA-5197-1: it is the fix$/,
    ],
    [
      'is known of another release',
      'CVE-2022-35252',
      /^DLA-3288-1 is about "curl" of Debian:10, and the image is of Debian:11$/,
    ],
    [
      'is about a package that is not there',
      'DSA-4898-1',
      /^DSA-4898-1 is about .+ of Debian:\d+.* and the image has no such package$/,
    ],
    ['was withdrawn', 'CVE-2023-31655', /^PYSEC-2023-73 says nothing any more: its source took it back on \d{4}-/],
    ['is of an ecosystem that the image has nothing of', 'CVE-2018-16487', /, and the image has no packages of npm$/],
    ['is known to nobody here', 'CVE-2099-1', /^no advisory at hand has the id or alias "CVE-2099-1": asked .*Debian/],
  ];
  for (const [why, id, reason] of none) {
    test(`says of what is none that it ${why}`, async () => {
      const { answer, reasons } = await explain(id);
      assert.equal(answer, 'not-found');
      assert.match(reasons[0] ?? '', reason);
    });
  }

  test('has no other form than a screen and JSON', async () => {
    const { code, err } = await home.plimsoll(['scan', `rootfs:${root}`, '--explain', 'CVE-1', '-o', 'sarif']);
    assert.equal(code, 2);
    assert.match(err, /an explanation has no such form/);
    const nothing = await home.plimsoll(['scan', `rootfs:${root}`, '--explain', '']);
    assert.deepEqual([nothing.code, nothing.out], [2, '']);
    assert.match(nothing.err, /--explain: an id is needed/);
  });
});
