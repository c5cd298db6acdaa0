import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { AdvisoryRecord, FeedEntry } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import type { ZipEntry } from '#test/fixtures/zip-archive.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { FeedLimits } from '../provider.ts';
import { osv } from './index.ts';

evidence('advisories/osv', 'published', 'archives of eight ecosystems, samples of the OSV schema repository');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-osv-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;
let files = 0;

function written(bytes: Uint8Array): string {
  files += 1;
  const path = join(folder, `${files}.zip`);
  writeFileSync(path, bytes);
  return path;
}

async function readAll(path: string, ecosystem: string, limits?: FeedLimits): Promise<readonly FeedEntry[]> {
  const entries: FeedEntry[] = [];
  for await (const entry of osv.read(path, { ecosystem, signal, ...(limits === undefined ? {} : { limits }) })) {
    entries.push(entry);
  }
  return entries;
}

async function readZip(
  entries: readonly ZipEntry[],
  ecosystem = 'npm',
  limits?: FeedLimits,
): Promise<readonly FeedEntry[]> {
  return await readAll(written(zipArchive(entries)), ecosystem, limits);
}

function recordsOf(entries: readonly FeedEntry[]): readonly AdvisoryRecord[] {
  return entries.flatMap((entry) => (entry.kind === 'record' ? [entry.record] : []));
}

/** A record with the members given, and what every record needs. */
function json(members: object): string {
  return JSON.stringify({ id: 'TEST-1', modified: '2024-01-01T00:00:00Z', ...members });
}

async function readOne(members: object, ecosystem = 'npm'): Promise<AdvisoryRecord> {
  const [entry] = await readZip([{ name: 'TEST-1.json', content: json(members) }], ecosystem);
  assert.ok(entry?.kind === 'record', JSON.stringify(entry));
  return entry.record;
}

describe('every archive of the shared data is read whole', { skip: missing('shared-data') }, () => {
  const counts: readonly (readonly [ecosystem: string, records: number, packages: number])[] = [
    ['Alpine', 2439, 11_775],
    ['Debian', 8910, 10_467],
    ['Go', 4291, 6125],
    ['PyPI', 2661, 2661],
    ['RubyGems', 1173, 1232],
    ['Wolfi', 18_724, 18_724],
    ['crates.io', 1205, 1205],
    ['npm', 467, 467],
  ];
  for (const [ecosystem, records, packages] of counts) {
    it(ecosystem, async () => {
      const entries = await readAll(data(`osv/${ecosystem}/all.zip`), ecosystem);
      assert.deepEqual(
        entries.filter((entry) => entry.kind === 'rejected'),
        [],
      );
      const found = recordsOf(entries);
      assert.equal(found.length, records);
      assert.equal(
        found.reduce((sum, record) => sum + record.affected.length, 0),
        packages,
      );
    });
  }
});

it('osv: the samples of the schema are read, and those that it calls wrong are rejected', {
  skip: missing('shared-data'),
}, async () => {
  const samples = readdirSync(data('spec/osv/samples'));
  const entries = await readZip(
    samples.map((name) => ({ name, content: readFileSync(data(`spec/osv/samples/${name}`)) })),
    'PyPI',
  );
  const rejected = entries.flatMap((entry) => (entry.kind === 'rejected' ? [entry] : []));
  const others = rejected.filter(({ reason }) => reason.startsWith('expected packages of PyPI, found those of '));
  assert.deepEqual(
    rejected.filter((entry) => !others.includes(entry)).map(({ name }) => name),
    ['nointroduced-CVE-2023-41045.json'],
  );
  assert.equal(others.length, 4);
  const gradio = recordsOf(entries).find((record) => record.affected.some((item) => item.name === 'gradio'));
  assert.deepEqual(gradio?.affected[0]?.versions, ['4.36.1', '4.36.-1']);
  assert.deepEqual(
    gradio.advisory.ratings.map(({ severity, scale, score }) => [severity, scale, score]),
    [
      ['critical', 'database_specific.severity', undefined],
      ['critical', 'CVSS_V3', 9.8],
    ],
  );
  const requests = recordsOf(entries).find((record) => record.advisory.id === 'PYSEC-2023-74');
  assert.deepEqual(requests?.affected[0]?.ranges, [
    { type: 'ECOSYSTEM', events: [{ introduced: '2.3.0' }, { fixed: '2.31.0' }] },
  ]);
});

it('osv: only packages of the ecosystem are kept, with its release, and Python names are normalised', async () => {
  const affected = [
    { package: { ecosystem: 'PyPI', name: 'Zope.Interface__x' }, versions: ['1'] },
    { package: { ecosystem: 'npm', name: 'Zope.Interface__x' }, versions: ['1'] },
    { package: { ecosystem: 'Debian:12', name: 'zope' }, versions: ['1'] },
    { ranges: [{ type: 'GIT', repo: 'https://example.org', events: [{ introduced: '0' }] }] },
  ];
  const names = async (ecosystem: string): Promise<readonly (readonly [string, string])[]> =>
    (await readOne({ affected }, ecosystem)).affected.map((item) => [item.ecosystem, item.name]);
  assert.deepEqual(await names('PyPI'), [['PyPI', 'zope-interface-x']]);
  assert.deepEqual(await names('npm'), [['npm', 'Zope.Interface__x']]);
  assert.deepEqual(await names('Debian'), [['Debian:12', 'zope']]);
});

it('osv: the words of a source become a state or a rating', async () => {
  const affectedWith = (members: object): object => ({
    affected: [{ package: { ecosystem: 'Debian:11', name: 'a' }, versions: ['1'], ...members }],
  });
  const read = async (members: object): Promise<readonly [string | undefined, ...string[]]> => {
    const [item] = (await readOne(affectedWith(members), 'Debian')).affected;
    return [item?.status, ...(item?.ratings ?? []).map((rating) => rating.severity)];
  };
  assert.deepEqual(await read({ database_specific: { status: 'fix-not-planned' } }), ['fix-not-planned']);
  assert.deepEqual(await read({ ecosystem_specific: { urgency: 'end-of-life' } }), ['end-of-life']);
  assert.deepEqual(await read({ ecosystem_specific: { urgency: 'not yet assigned' } }), [undefined]);
  assert.deepEqual(await read({ ecosystem_specific: { urgency: 'unimportant' } }), [undefined, 'low']);
  assert.deepEqual(await read({ severity: [{ type: 'Ubuntu', score: 'medium' }] }), [undefined, 'medium']);
  assert.deepEqual(await read({ severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:X' }] }), [undefined, 'unknown']);
  assert.deepEqual(await read({ database_specific: { severity: 7, status: 7 } }), [undefined]);
});

it('osv: one broken record is rejected by name and the rest is read', async () => {
  const entries = await readZip([
    { name: 'good-1.json', content: json({}) },
    { name: 'no-json.json', content: '{"id": "x"' },
    { name: 'no-id.json', content: '{"modified":"2024-01-01T00:00:00Z"}' },
    { name: 'twice.json', content: '{"id":"a","id":"b","modified":"2024-01-01T00:00:00Z"}' },
    { name: 'latin1.json', content: Buffer.from([0x22, 0xe9, 0x22]) },
    { name: 'no-date.json', content: json({ modified: 'yesterday' }) },
    {
      name: 'two-bounds.json',
      content: json({ affected: [{ ranges: [{ type: 'SEMVER', events: [{ introduced: '0', fixed: '1' }] }] }] }),
    },
    { name: 'encrypted.json', content: json({}), encrypted: true },
    { name: 'wrong-sum.json', content: json({}), claimedCrc: 1 },
    { name: 'wrong-size.json', content: json({}), claimedSize: 5 },
    { name: '../../etc/cron.d/evil.json', content: json({}) },
    { name: '/absolute.json', content: json({}) },
    { name: 'folder/', content: '', method: 'stored' },
    { name: 'good-2.json', content: json({ id: 'TEST-2', __proto__: null }), method: 'stored' },
  ]);
  assert.deepEqual(
    recordsOf(entries).map((record) => record.advisory.id),
    ['TEST-1', 'TEST-2'],
  );
  const rejected = entries.flatMap((entry) => (entry.kind === 'rejected' ? [entry] : []));
  assert.equal(rejected.length, 11);
  for (const { name, reason } of rejected) {
    assert.ok(name !== '' && reason !== '', name);
  }
});

it('osv: a record over the limit is rejected, an archive over its limits is refused', async () => {
  const limits: FeedLimits = { recordBytes: 1000, totalBytes: 5000, records: 10 };
  const large = { name: 'large.json', content: json({ details: 'x'.repeat(1000) }) };
  const [entry] = await readZip([large], 'npm', limits);
  assert.ok(entry?.kind === 'rejected' && entry.reason.includes('1000'));
  const full = Array.from({ length: 9 }, (_, at) => ({
    name: `${at}.json`,
    content: json({ details: 'x'.repeat(800) }),
  }));
  await assert.rejects(readZip(full, 'npm', limits), { code: 'LIMIT_EXCEEDED' });
  const many = Array.from({ length: 11 }, (_, at) => ({ name: `${at}.json`, content: '{}' }));
  await assert.rejects(readZip(many, 'npm', limits), { code: 'LIMIT_EXCEEDED' });
});

it('osv: a zip bomb whose entries share their data is refused', async () => {
  const bomb = { name: '0.json', content: Buffer.alloc(8 * 1024 * 1024, 0x20) };
  const copies = Array.from({ length: 9 }, (_, at) => ({ ...bomb, name: `${at + 1}.json`, dataOf: 0 }));
  await assert.rejects(readZip([bomb, ...copies]), { code: 'ADVISORY_ARCHIVE_INVALID' });
});

it('osv: an archive that is cut off or none at all is an error that names it', async () => {
  const whole = zipArchive([{ name: 'a.json', content: json({}) }]);
  for (const bytes of [
    whole.subarray(0, whole.length - 30),
    whole.subarray(0, 40),
    Buffer.from('<html>'),
    Buffer.alloc(0),
  ]) {
    const path = written(bytes);
    await assert.rejects(readAll(path, 'npm'), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'ADVISORY_ARCHIVE_INVALID');
      assert.equal(error.object, path);
      return true;
    });
  }
});

it('osv: an abort stops the reading', async () => {
  const entries = Array.from({ length: 500 }, (_, at) => ({ name: `${at}.json`, content: json({ id: `T-${at}` }) }));
  const controller = new AbortController();
  const path = written(zipArchive(entries));
  let count = 0;
  await assert.rejects(async () => {
    for await (const _entry of osv.read(path, { ecosystem: 'npm', signal: controller.signal })) {
      count += 1;
      controller.abort(new Error('enough'));
    }
  }, /enough/);
  assert.ok(count < 100, `read ${count}`);
});

it('osv: damaged archives give records, rejections or errors of our own', async () => {
  const whole = zipArchive([
    { name: 'a.json', content: json({}) },
    { name: 'b.json', content: json({ id: 'TEST-2' }), method: 'stored' },
  ]);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
      const path = written(bytes);
      try {
        await readAll(path, 'npm');
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      } finally {
        rmSync(path);
      }
    }),
    { numRuns: 500 },
  );
});
