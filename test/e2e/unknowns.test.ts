import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { digestOf, hexOf } from '#base/digest.ts';
import type { UnknownKind } from '#model/unknown.ts';
import { evidence } from '../evidence.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { writeTar } from '../fixtures/tar-writer.ts';
import { scanToAllFormats } from '../fixtures/valid-outputs.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'scan/unknowns',
  'self-made',
  'an image without a doubt, and one change to it or to its advisories for each kind',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-unknowns-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});
const skip = missing('shared-data');

/** Every file of the image without a doubt. */
const FILES = {
  'etc/os-release': 'ID=alpine\nVERSION_ID=3.10.9\n',
  'lib/apk/db/installed': 'P:musl\nV:1.1.22-r3\nA:x86_64\n\n',
};

interface Doubt {
  /** Beside or in place of `FILES`; null leaves one out. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** When the one advisory was last modified; now when not said. */
  readonly modified?: string;
  /** A file of the feed beside the one advisory. */
  readonly record?: string;
  /** Puts other bytes in the place of the layer. */
  readonly lie?: boolean;
}

/** But for documents, which `sbom-documents.test.ts` scans, and for signals, which hide nothing. */
const DOUBTS: Readonly<Record<Exclude<UnknownKind, 'incomplete-sbom' | 'stale-signals'>, Doubt>> = {
  integrity: { lie: true },
  unreadable: { files: { 'srv/node_modules/a/package.json': '{' } },
  'no-package-database': { files: { 'lib/apk/db/installed': null } },
  version: { files: { 'lib/apk/db/installed': `${FILES['lib/apk/db/installed']}P:nameless\nA:x86_64\n\n` } },
  distribution: { files: { 'etc/alpine-release': '3.9.6\n' } },
  'no-advisories': { files: { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n' } },
  'stale-advisories': { modified: '2020-02-04T10:25:20Z' },
  'incomplete-advisories': { record: '{"id":' },
};

async function writeImage(name: string, { files, lie }: Doubt): Promise<string> {
  const layout = join(folder, name, 'image');
  const all = Object.entries({ ...FILES, ...files });
  const tar = writeTar(all.flatMap(([path, content]) => (content === null ? [] : [{ path, content }])));
  const { images } = await writeOciLayout(layout, {
    images: [{ platform: { os: 'linux', architecture: 'amd64' }, layers: [{ tar }] }],
  });
  const [stored] = images[0]?.layers ?? [];
  assert.equal(stored?.digest, digestOf(gzipSync(tar)));
  if (lie === true) {
    const other = gzipSync(Buffer.concat([tar, Buffer.alloc(512)]));
    writeFileSync(join(layout, 'blobs/sha256', hexOf(stored.digest)), other);
  }
  return `oci:${layout}`;
}

function writeFeed(name: string, { modified = new Date().toISOString(), record }: Doubt): string {
  const feed = join(folder, name, 'feed');
  const affected = [
    {
      package: { ecosystem: 'Alpine:v3.10', name: 'musl' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.1.20-r0' }] }],
    },
  ];
  const path = join(feed, 'Alpine/all.zip');
  mkdirSync(dirname(path), { recursive: true });
  const good = { name: 'A-1.json', content: JSON.stringify({ id: 'A-1', modified, affected }) };
  writeFileSync(path, zipArchive([good, ...(record === undefined ? [] : [{ name: 'A-2.json', content: record }])]));
  return feed;
}

async function look(name: string, doubt: Doubt, ...args: readonly string[]): ReturnType<typeof scanToAllFormats> {
  const unverified = doubt.lie === true ? ['--allow-unverified', 'a test'] : [];
  const reference = await writeImage(name, doubt);
  return await scanToAllFormats(home, [reference, ...unverified, ...args], {
    PLIMSOLL_ADVISORIES: writeFeed(name, doubt),
  });
}

test('an image without a doubt passes, and only it is called free of known vulnerabilities', { skip }, async () => {
  const { code, screen, report, sarif, bom } = await look('clean', {}, '--fail-on', 'any');
  assert.deepEqual([code, report.unknowns, report.findings, report.gate?.outcome], [0, [], [], 'passed']);
  assert.match(screen, /No known vulnerabilities in 1 package/);
  assert.match(screen, /PASSED/);
  assert.deepEqual([sarif.results, bom.compositions, bom.properties], [[], undefined, undefined]);
});

for (const [kind, doubt] of Object.entries(DOUBTS)) {
  test(`${kind} reaches the screen, every format, and the exit code`, { skip }, async () => {
    const { code, screen, err, report, sarif, bom } = await look(kind, doubt, '--fail-on', 'critical');
    assert.deepEqual([...new Set(report.unknowns.map((unknown) => unknown.kind))], [kind]);
    assert.deepEqual([code, report.gate?.outcome, err], [3, 'unknown', '']);
    assert.match(screen, /^NOT KNOWN: \d+ things? that could hide a vulnerability$/m);
    assert.match(screen, /^NOT PASSED /m);
    assert.doesNotMatch(screen, /no known vulnerabilities/i);
    const notified = sarif.invocations[0]?.toolExecutionNotifications ?? [];
    assert.deepEqual(
      notified.map(({ descriptor }) => descriptor.id),
      report.unknowns.map(() => `not-known/${kind}`),
    );
    assert.deepEqual(
      sarif.results.map(({ ruleId }) => ruleId),
      [`not-known/${kind}`],
    );
    assert.equal(bom.compositions?.[0]?.aggregate, 'incomplete');
    assert.equal(bom.properties?.length, report.unknowns.length);
    assert.ok(bom.properties.every(({ name, value }) => name === 'plimsoll:unknown' && value.startsWith(`${kind}: `)));
    const allowed = await look(kind, doubt, '--fail-on', 'critical', '--allow-unknown', 'a lab');
    assert.deepEqual([allowed.code, allowed.report.gate?.allowUnknown], [0, 'a lab']);
    assert.equal((await look(kind, doubt)).code, 0, 'nobody asked for an answer');
  });
}
