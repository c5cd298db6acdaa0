import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { silentLog } from '#base/log.ts';
import { parsePushedManifest } from '#lib/oci/index.ts';
import type { Report } from '#model/report.ts';
import { openCache } from '#store/cache/index.ts';
import { evidence } from '#test/evidence.ts';
import { writeOciLayout } from '#test/fixtures/oci-layout.ts';
import { temporaryHome } from '#test/fixtures/plimsoll.ts';
import { buildVoyageImage } from '#test/fixtures/voyage-image.ts';
import { data, missing } from '#test/prerequisites.ts';
import { openAdvisories } from '../advisories.ts';
import { analyseStored, type StoredImage } from './analyse-stored.ts';
import { openStoredAssessor } from './assessor.ts';

evidence(
  'platform/stored-reports',
  'published',
  'root file systems of Alpine, and an image with a Go program, npm packages and wheels: the reports of plimsoll scan, but for what they call the image',
);

const clock = { now: () => Date.now() };
const { signal } = new AbortController();
const tool = { name: 'plimsoll', version: '0.0.0' } as const;
const home = temporaryHome();
after(() => home.remove());

/** The one image of an OCI layout, as a store of ours holds it. */
function storedIn(layout: string): StoredImage {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly digest: Digest; readonly mediaType: string }[];
  };
  let [found = assert.fail('no manifest')] = index.manifests;
  let content = read(layout, found.digest);
  for (let parsed = parsePushedManifest(content, found.mediaType, 'manifest'); parsed.kind === 'index'; ) {
    const nested = JSON.parse(content.toString('utf8')) as typeof index;
    [found = assert.fail('no platform')] = nested.manifests;
    content = read(layout, found.digest);
    parsed = parsePushedManifest(content, found.mediaType, 'manifest');
  }
  const blobs = readdirSync(join(layout, 'blobs/sha256')).map((name) => {
    const digest = `sha256:${name}` as Digest;
    return { digest, size: read(layout, digest).length };
  });
  const open: StoredImage['open'] = (digest) => Promise.resolve(chunks(read(layout, digest)));
  return { reference: `stored@${found.digest}`, ...found, manifest: content, blobs, open };
}

function read(layout: string, digest: string): Buffer {
  return readFileSync(join(layout, 'blobs/sha256', digest.replace('sha256:', '')));
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function storedReport(layout: string, place: string | null): Promise<Report> {
  const { facts } = openCache(join(home.folder, 'stored-cache'), { maxBytes: 1024 ** 3, clock });
  const advisories = openAdvisories({
    sources: place === null ? [] : [{ provider: 'osv', place, ecosystems: null }],
    home: home.folder,
    offline: true,
    proxies: {},
    clock,
    signal,
  });
  const assessor = openStoredAssessor({
    tool,
    advisories: () => Promise.resolve(advisories),
    facts,
    clock,
    log: silentLog,
  });
  try {
    const image = storedIn(layout);
    const analysis = await patiently(async () => await analyseStored(image, { facts, version: tool.version, signal }));
    assert.ok(analysis.kind === 'inventory');
    const { layerSet, content, problems } = analysis;
    const layers = { layerSet, content: () => Promise.resolve(content) };
    const request = { image, repository: null, index: null, layers, unknowns: problems, evidence: null };
    const [first, second] = [await assessor.report(request, signal), await assessor.report(request, signal)];
    assert.deepEqual(first, second);
    return first;
  } finally {
    await assessor.close();
    advisories.close();
  }
}

/** A machine that does much else may not start a process in time: workers try again as well. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 5 || !isAppError(error) || error.code !== 'ANALYSIS_UNAVAILABLE') {
        throw error;
      }
    }
  }
}

/** What says how the image was named and read, and by which version. */
function comparable({ image, tool: _tool, content: _content, ...rest }: Report): unknown {
  const { reference: _reference, source: _source, index: _index, platforms: _platforms, ...described } = image;
  const text = JSON.stringify({
    ...rest,
    image: described,
    advisories: rest.advisories.map((one) => ({ ...one, checked: '' })),
  });
  return JSON.parse(text);
}

test('the report of a stored image is that of a scan of it: Alpine', {
  skip: missing('shared-data'),
}, async (context) => {
  for (const name of ['alpine-3.10.9-x86_64.tar.gz', 'alpine-3.8.5-x86_64.tar.gz']) {
    const layout = join(home.folder, digestOf(name).slice(7, 15));
    const tar = gunzipSync(readFileSync(data(`rootfs/${name}`)));
    await writeOciLayout(layout, {
      tag: 'a',
      images: [{ platform: { os: 'linux', architecture: 'amd64' }, layers: [{ tar, compression: 'gzip' }] }],
    });
    const scanned = await home.report(`oci:${layout}`, '--offline');
    const stored = await storedReport(layout, data('osv'));
    assert.ok(stored.packages.length > 10);
    assert.deepEqual(comparable(stored), comparable(scanned), name);
    context.diagnostic(`${name}: ${stored.findings.length} findings`);
  }
});

test('and one of several layers and languages, with findings', {
  skip: missing('shared-data', 'apt', 'python', 'gnu-tar'),
}, async (context) => {
  const voyage = await buildVoyageImage();
  context.after(() => voyage.remove());
  const scanned = await home.report(`oci:${voyage.layout}`, '--offline');
  const stored = await storedReport(voyage.layout, data('osv'));
  assert.ok(stored.findings.length > 5, `${stored.findings.length} findings`);
  assert.deepEqual(comparable(stored), comparable(scanned));
});

test('without advisories every ecosystem is an unknown, as where none is set for a scan', {
  skip: missing('shared-data'),
}, async () => {
  const layout = join(home.folder, 'none');
  const tar = gunzipSync(readFileSync(data('rootfs/alpine-3.10.9-x86_64.tar.gz')));
  await writeOciLayout(layout, {
    tag: 'a',
    images: [{ platform: { os: 'linux', architecture: 'amd64' }, layers: [{ tar, compression: 'gzip' }] }],
  });
  const report = await storedReport(layout, null);
  assert.equal(report.kind, 'scan');
  assert.deepEqual(
    report.unknowns.map(({ kind }) => kind),
    ['no-advisories'],
  );
});
