import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { sbomWriters } from '#lib/sbom/index.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { buildVoyageImage, type VoyageImage } from '../fixtures/voyage-image.ts';
import { missing } from '../prerequisites.ts';

evidence('scan/sbom', 'real tool', 'documents of an image of real packages give the findings of that image');

const skip = missing('shared-data', 'apt', 'python', 'gnu-tar');

const home = temporaryHome();
let image: VoyageImage;
let scanned: Report;

before(async () => {
  if (skip === false) {
    image = await buildVoyageImage();
    scanned = await reportOf('scan', `oci:${image.layout}:voyage`);
    assert.ok(scanned.findings.length >= 20);
    assert.deepEqual(missingIn(scanned), []);
  }
});
after(() => {
  image?.remove();
  home.remove();
});

/** What the image must have, so that comparing it says something; owners are in `sbom-owned.test.ts`. */
function missingIn({ os, packages, findings, unknowns, image: { layers } }: Report): readonly string[] {
  const here: Readonly<Record<string, boolean>> = {
    distribution: os !== null,
    layers: layers.length > 1,
    licences: packages.some(({ licenses }) => licenses.length > 0),
    sources: packages.some(({ source }) => source !== undefined),
    dependencies: packages.some(({ dependsOn = [] }) => dependsOn.length > 0),
    unknowns: unknowns.length > 0,
    findings: findings.some(({ layer }) => layer !== null),
  };
  return Object.keys(here).filter((name) => here[name] === false);
}

async function reportOf(...args: readonly string[]): Promise<Report> {
  const { out, err } = await home.plimsoll([...args, '-o', 'json']);
  assert.equal(err, '');
  return JSON.parse(out) as Report;
}

/** What is found does not depend on where it was found. */
function found(report: Report): unknown {
  const { os, packages, findings, covered, unknowns, advisories } = report;
  return { os, packages, findings, covered, unknowns, advisories };
}

for (const format of Object.keys(sbomWriters)) {
  for (const command of ['sbom', 'scan']) {
    test(`a document that ${command} writes as ${format} gives the findings of the image`, { skip }, async () => {
      const file = join(home.folder, `${command}-${format}.json`);
      const written = await home.plimsoll([command, '-o', `${format}=${file}`, `oci:${image.layout}:voyage`]);
      assert.equal(written.err, '');
      const report = await reportOf('scan', `sbom:${file}`);
      assert.deepEqual(found(report), found(scanned));
      assert.deepEqual([report.content, report.image.source, report.files], ['declared', 'sbom', null]);
      const { digest, id, platform } = scanned.image;
      assert.deepEqual([report.image.digest, report.image.id, report.image.platform], [digest, id, platform]);
      assert.equal(report.sbom?.image, scanned.image.reference);
    });
  }
}

test('documents in signed envelopes give the findings of the image', { skip }, async (t) => {
  const predicates = { cyclonedx: 'https://cyclonedx.org/bom', spdx: 'https://spdx.dev/Document/v2.3' };
  const formats = Object.keys(sbomWriters);
  for (const format of formats) {
    const bare = join(home.folder, `bare-${format}.json`);
    await home.plimsoll(['sbom', '-o', `${format}=${bare}`, `oci:${image.layout}:voyage`]);
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: predicates[format.startsWith('spdx') ? 'spdx' : 'cyclonedx'],
      subject: [{ name: 'voyage', digest: { sha256: scanned.image.digest?.slice('sha256:'.length) } }],
      predicate: JSON.parse(readFileSync(bare, 'utf8')) as unknown,
    };
    const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    const file = join(home.folder, `envelope-${format}.json`);
    writeFileSync(file, JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload, signatures: [] }));
    const report = await reportOf('scan', `sbom:${file}`);
    assert.deepEqual(found(report), found(scanned));
    assert.deepEqual([report.sbom?.wrapping, report.sbom?.statedSubjects], ['dsse-envelope', [scanned.image.digest]]);
  }
  t.diagnostic(
    `${formats.length} envelopes, ${scanned.findings.length} findings of ${scanned.packages.length} packages each`,
  );
});

test('a document is recognised by its content, and says on the screen that nothing was verified', {
  skip,
}, async () => {
  const file = join(home.folder, 'bare.json');
  await home.plimsoll(['sbom', '-o', `cyclonedx=${file}`, `oci:${image.layout}:voyage`]);
  const { out, code } = await home.plimsoll(['scan', file]);
  assert.equal(code, 0);
  assert.match(out, /^document CycloneDX 1\.6, about\s+oci:[^]*nothing\s+of\s+it\s+was\s+verified/m);
});

test('what a document leaves open fails the gate', { skip }, async () => {
  const file = join(home.folder, 'open.json');
  writeFileSync(file, '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"curl"}]}');
  const { code, out } = await home.plimsoll(['scan', '--fail-on', 'critical', `sbom:${file}`]);
  assert.equal(code, 3);
  assert.match(out, /What the document leaves open/);
  assert.match(out, /"curl"/);
});

test('a document about another platform than the one asked for is refused', { skip }, async () => {
  const file = join(home.folder, 'platform.json');
  await home.plimsoll(['sbom', '-o', `spdx=${file}`, `oci:${image.layout}:voyage`]);
  const { code, err } = await home.plimsoll(['sbom', '--platform', 'linux/arm64', `sbom:${file}`]);
  assert.equal(code, 3);
  assert.match(err, /no image for this platform: expected linux\/arm64, found linux\/amd64/);
  for (const platform of ['linux/amd64', 'all']) {
    assert.equal((await home.plimsoll(['sbom', '--platform', platform, `sbom:${file}`])).code, 0);
  }
});

test('a document that names no distribution says so on the screen', async () => {
  const file = join(home.folder, 'nothing.json');
  writeFileSync(file, '{"bomFormat":"CycloneDX","specVersion":"1.6"}');
  assert.match(
    (await home.plimsoll(['sbom', `sbom:${file}`])).out,
    /not recognised: the document names none, or several/,
  );
});

test('a document in place of an image cannot be signed or opened as one', { skip }, async () => {
  const file = join(home.folder, 'none.json');
  writeFileSync(file, '{"bomFormat":"CycloneDX","specVersion":"1.5"}');
  const { code, err } = await home.plimsoll(['evidence', `sbom:${file}`]);
  assert.equal(code, 3);
  assert.match(err, /a document about an image/);
});

test('documents of Syft and Trivy about one image give the same findings', {
  skip: missing('shared-data'),
}, async (t) => {
  const folder = resolve(import.meta.dirname, '../fixtures/sbom');
  const names = readdirSync(folder).filter((name) => !name.endsWith('.md'));
  const all = new Map<string, string>();
  for (const name of names) {
    const report = await reportOf('scan', `sbom:${join(folder, name)}`);
    const found = report.findings.map((finding) => `${finding.package.name} ${finding.id}`).toSorted();
    assert.ok(found.includes('lodash CVE-2018-16487'), name);
    all.set(found.join('\n'), `${name}: ${found.length}`);
  }
  t.diagnostic(`${names.length} documents, findings of ${[...all.values()].join(', ')}`);
  assert.deepEqual([names.length, all.size], [7, 1]);
});
