import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { createGzip, gzipSync } from 'node:zlib';
import { digestOf, hexOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { MEDIA_TYPES, writeBlob, writeDocument, writeLayoutIndex, writeOciLayout } from '../fixtures/oci-layout.ts';
import type { Outcome } from '../fixtures/plimsoll.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { END, writeEntry, writeTar } from '../fixtures/tar-writer.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';

evidence('scan/hostile-input', 'self-made', 'images and feeds made to break a reader: bombs, lies, loops, floods');

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-hostile-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const MEGABYTE = 1e6;
const PLATFORM = { os: 'linux', architecture: 'amd64' } as const;

/** Runs a scan in a process of its own and returns its peak memory beside what it said. */
async function scan(reference: string, ...args: readonly string[]): Promise<Outcome & { readonly peak: number }> {
  const peakFile = join(folder, 'peak');
  const outcome = await home.plimsoll(['scan', '--offline', reference, '-o', 'json', ...args], {
    NODE_OPTIONS: `--import=${resolve(import.meta.dirname, '../fixtures/record-peak-memory.ts')}`,
    PLIMSOLL_TEST_PEAK_MEMORY: peakFile,
    PLIMSOLL_ADVISORIES: join(folder, 'no-advisories'),
  });
  assert.doesNotMatch(outcome.err, /internal error|\n\s+at /, outcome.err);
  return { ...outcome, peak: Number(readFileSync(peakFile, 'utf8')) };
}

function reasonsOf(outcome: Outcome): string {
  return (JSON.parse(outcome.out) as Report).unknowns.map((unknown) => unknown.reason).join('\n');
}

async function layoutOf(name: string, ...tars: readonly (Uint8Array | AsyncIterable<Uint8Array>)[]): Promise<string> {
  const layout = join(folder, name);
  await writeOciLayout(layout, { images: [{ platform: PLATFORM, layers: tars.map((tar) => ({ tar })) }] });
  return layout;
}

/** A layout whose one layer is stored as given, whatever its diffID says. */
async function layoutWithLayer(name: string, stored: Uint8Array, diffId: string): Promise<string> {
  const layout = join(folder, name);
  const layer = await writeBlob(layout, `${MEDIA_TYPES.layer}+gzip`, stored);
  const rootfs = { type: 'layers', diff_ids: [diffId] };
  const config = await writeDocument(layout, MEDIA_TYPES.config, { ...PLATFORM, config: {}, rootfs });
  const manifest = await writeDocument(layout, MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [layer] });
  await writeLayoutIndex(layout, [manifest]);
  return layout;
}

test('a truncated gzip layer is an error that names the layer', async () => {
  const tar = writeTar([{ path: 'etc/passwd', content: Buffer.alloc(100_000, 'x') }]);
  const cut = gzipSync(tar).subarray(0, -20);
  const outcome = await scan(`oci:${await layoutWithLayer('truncated', cut, digestOf(tar))}`);
  assert.equal(outcome.code, 3);
  assert.ok(outcome.err.includes(digestOf(cut)), outcome.err);
});

test('a gzip bomb is refused in bounded memory', async () => {
  const bomb = await gzipOfZeros(2 * LIMITS.bombFloorBytes);
  const outcome = await scan(`oci:${await layoutWithLayer('bomb', bomb, digestOf('never reached'))}`);
  assert.equal(outcome.code, 3);
  assert.match(outcome.err, /decompression bomb/);
  assert.ok(outcome.peak < 400 * MEGABYTE, `peak memory ${outcome.peak}`);
});

async function gzipOfZeros(length: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9, chunkSize: 2 ** 20 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const header = writeEntry({ path: 'zeros', content: '' });
  // A size of 8 GiB less one byte, more than ever comes.
  header.write('77777777777', 124, 'latin1');
  const ended = new Promise((settle) => gzip.on('end', settle));
  const zeros = Buffer.alloc(2 ** 22);
  for (let written = 0; written < length; written += zeros.length) {
    if (!gzip.write(zeros)) {
      await new Promise((settle) => gzip.once('drain', settle));
    }
  }
  gzip.end();
  await ended;
  return Buffer.concat(chunks);
}

test('absolute, escaping and 5,000-deep paths are placed inside the image or reported, and nothing is written', async () => {
  const marker = join(folder, 'escaped');
  const depth = 5000;
  const tar = writeTar([
    { path: '/etc/os-release', content: 'ID=alpine\nVERSION_ID=3.10.9\n' },
    { path: `../../../../../../../../..${marker}`, content: 'x' },
    { path: 'a/../../../etc/shadow', content: 'x' },
    { path: `${'d/'.repeat(depth)}file`, content: 'x' },
    { path: 'lib/apk/db/installed', content: 'P:musl\nV:1.1.22-r3\nA:x86_64\n\n' },
  ]);
  const outcome = await scan(`oci:${await layoutOf('paths', tar)}`);
  assert.equal(outcome.code, 0, outcome.err);
  const report = JSON.parse(outcome.out) as Report;
  assert.equal(report.os?.id, 'alpine');
  assert.equal(report.packages.length, 1);
  const unreadable = report.unknowns.filter((unknown) => unknown.kind === 'unreadable');
  assert.ok(unreadable.length >= 3, JSON.stringify(report.unknowns));
  assert.throws(() => readFileSync(marker));
});

test('a million tiny files are read in bounded memory', async () => {
  async function* flood(): AsyncGenerator<Uint8Array> {
    for (let block = 0; block < 1000; block += 1) {
      const entries = Array.from({ length: 1000 }, (_, at) =>
        writeEntry({ path: `srv/${block}/folder/file-${at}.txt`, content: 'x' }),
      );
      yield await Promise.resolve(Buffer.concat(entries));
    }
    yield END;
  }
  const outcome = await scan(`oci:${await layoutOf('flood', flood())}`);
  assert.equal(outcome.code, 0, outcome.err);
  assert.equal((JSON.parse(outcome.out) as Report).files, 1_000_000);
  assert.ok(outcome.peak < 900 * MEGABYTE, `peak memory ${outcome.peak}`);
});

test('symlink loops where databases are looked up end, in an image and in a folder', async () => {
  const tar = writeTar([
    { path: 'etc/os-release', type: 'symlink', link: '../usr/lib/os-release' },
    { path: 'usr/lib/os-release', type: 'symlink', link: '/etc/os-release' },
    { path: 'lib', type: 'symlink', link: 'lib' },
    { path: 'var/lib', type: 'symlink', link: '../var/lib/dpkg' },
  ]);
  const outcome = await scan(`oci:${await layoutOf('loop', tar)}`);
  assert.equal(outcome.code, 0, outcome.err);
  assert.match(reasonsOf(outcome), /loop|links/);

  const root = join(folder, 'loop-folder');
  mkdirSync(join(root, 'var'), { recursive: true });
  symlinkSync('.', join(root, 'var/lib'));
  symlinkSync('/', join(root, 'outside'));
  const onDisk = await scan(`rootfs:${root}`);
  assert.equal(onDisk.code, 0, onDisk.err);
  assert.equal((JSON.parse(onDisk.out) as Report).files, 0);
});

test('a layer whose digest lies is an error that names both digests', async () => {
  const tar = writeTar([{ path: 'etc/passwd', content: 'x' }]);
  const layout = await layoutOf('lying', tar);
  const stored = gzipSync(tar);
  const blob = join(layout, 'blobs/sha256', hexOf(digestOf(stored)));
  const other = gzipSync(writeTar([{ path: 'etc/passwd', content: 'y' }]));
  assert.equal(other.length, stored.length);
  writeFileSync(blob, other);
  const outcome = await scan(`oci:${layout}`);
  assert.equal(outcome.code, 3);
  assert.ok(outcome.err.includes(digestOf(stored)) && outcome.err.includes(digestOf(other)), outcome.err);
});

test('a layer that is not what the config says is an error that names both diffIDs', async () => {
  const tar = writeTar([{ path: 'etc/passwd', content: 'x' }]);
  const promised = digestOf('something else');
  const outcome = await scan(`oci:${await layoutWithLayer('diff-id', gzipSync(tar), promised)}`);
  assert.equal(outcome.code, 3);
  assert.ok(outcome.err.includes(promised) && outcome.err.includes(digestOf(tar)), outcome.err);
});

test('an index that contains itself ends with an error', async () => {
  const layout = join(folder, 'cycle');
  const digest = digestOf('an index that names itself');
  const self = { mediaType: MEDIA_TYPES.index, digest, size: 300 };
  await writeLayoutIndex(layout, [self]);
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const index = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [self] }).padEnd(300);
  writeFileSync(join(layout, 'blobs/sha256', hexOf(digest)), index);
  for (const args of [[], ['--allow-unverified', 'test']]) {
    const outcome = await scan(`oci:${layout}`, ...args);
    assert.equal(outcome.code, 3, outcome.out);
    assert.ok(outcome.err.includes(digest), outcome.err);
  }
});

test('an oversize manifest is refused before it is parsed', async () => {
  const layout = join(folder, 'oversize');
  const blob = await writeBlob(layout, MEDIA_TYPES.manifest, Buffer.alloc(LIMITS.manifestBytes + 1, ' '));
  await writeLayoutIndex(layout, [blob]);
  const outcome = await scan(`oci:${layout}`);
  assert.equal(outcome.code, 3);
  assert.match(outcome.err, /too large|at most/);
});

test('duplicate JSON keys in a manifest are refused', async () => {
  const layout = join(folder, 'duplicate');
  const blob = await writeBlob(layout, MEDIA_TYPES.manifest, '{"schemaVersion":2,"config":{},"config":{},"layers":[]}');
  await writeLayoutIndex(layout, [blob]);
  const outcome = await scan(`oci:${layout}`);
  assert.equal(outcome.code, 3);
  assert.match(outcome.err, /duplicate member.*"config"/);
});

test('a broken record in a feed is counted and named; a zip bomb and a cut zip are unknowns', async () => {
  const root = join(folder, 'image');
  mkdirSync(join(root, 'srv/node_modules/left-pad'), { recursive: true });
  writeFileSync(join(root, 'srv/node_modules/left-pad/package.json'), '{"name":"left-pad","version":"1.0.0"}');
  const good = JSON.stringify({
    id: 'TEST-1',
    modified: '2026-11-01T00:00:00Z',
    affected: [
      {
        package: { ecosystem: 'npm', name: 'left-pad' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
      },
    ],
  });
  const whole = zipArchive([
    { name: 'TEST-1.json', content: good },
    { name: 'TEST-2.json', content: '{"id":' },
  ]);
  const cases: readonly (readonly [name: string, zip: Uint8Array, findings: number, reason: RegExp])[] = [
    ['broken record', whole, 1, /TEST-2\.json/],
    ['cut', whole.subarray(0, whole.length / 2), 0, /npm/],
    [
      'bomb',
      zipArchive([{ name: 'BOMB.json', content: Buffer.alloc(LIMITS.advisoryBytes * 8, ' ') }]),
      0,
      /BOMB\.json|bomb/,
    ],
  ];
  for (const [name, zip, findings, reason] of cases) {
    const feed = join(folder, `feed-${name}`);
    mkdirSync(join(feed, 'npm'), { recursive: true });
    writeFileSync(join(feed, 'npm/all.zip'), zip);
    const args = ['scan', `rootfs:${root}`, '-o', 'json', '--fail-on', 'critical'];
    const outcome = await home.plimsoll(args, { PLIMSOLL_ADVISORIES: feed });
    assert.equal(outcome.code, findings > 0 ? 1 : 3, `${name}: ${outcome.err}`);
    assert.equal((JSON.parse(outcome.out) as Report).findings.length, findings, name);
    assert.match(reasonsOf(outcome), reason, name);
  }
});
