import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { readApkDatabase } from '../fixtures/apk-database.ts';
import { vulnerabilitiesOf } from '../fixtures/osv-oracle.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { withoutStorage } from '../fixtures/same-report.ts';
import { secdbFindings } from '../fixtures/secdb-oracle.ts';
import { assertSameContent, scanToAllFormats } from '../fixtures/valid-outputs.ts';
import type { VoyageImage } from '../fixtures/voyage-image.ts';
import { buildVoyageImage } from '../fixtures/voyage-image.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'scan/findings',
  'real tool',
  'an image of real packages: findings computed from the OSV files by Python and the test, modules by go version -m, archives by skopeo',
);

const skip = missing('shared-data', 'apt', 'python', 'gnu-tar', 'go', 'skopeo');
const home = temporaryHome();
let image: VoyageImage;
let report: Report;

before(async () => {
  if (skip === false) {
    image = await buildVoyageImage();
    report = await home.report(`oci:${image.layout}:voyage`);
  }
});
after(() => {
  image?.remove();
  home.remove();
});

test('the voyage image has exactly the findings of an independent computation, each with its layer', { skip }, () => {
  const expected: string[] = [];
  for (const { ecosystem, name, version, layer } of image.packages) {
    expected.push(
      ...vulnerabilitiesOf(ecosystem, name, version).map((id) => `${name} ${version} ${id} layer ${layer}`),
    );
  }
  for (const { name, version } of goModules(image.skopeo)) {
    const ids = vulnerabilitiesOf('Go', name, version);
    expected.push(...ids.map((id) => `${name} ${version} ${id} layer ${image.skopeoLayer}`));
  }
  for (const text of secdbFindings('v3.10', alpineBase())) {
    expected.push(`${text} layer 0`);
  }
  const layerOf = new Map(report.image.layers.map((layer) => [layer.diffId, layer.index]));
  const found = report.findings.map((item) => {
    const { name, version, purl } = item.package;
    const named = purl.startsWith('pkg:apk/') ? name : `${name} ${version}`;
    return `${named} ${item.id} layer ${layerOf.get(item.layer)}`;
  });
  assert.deepEqual(found.toSorted(), expected.toSorted());
  assert.ok(found.length >= 20, `expected at least 20 findings, found ${found.length}`);
});

test('every package of the base is listed with the lowest layer', { skip }, () => {
  const found = report.packages.filter((item) => item.type === 'apk' && item.layer === report.image.layers[0]?.diffId);
  const expected = alpineBase().map(({ name, version }) => `${name} ${version}`);
  assert.deepEqual(
    found.map(({ name, version }) => `${name} ${version}`),
    expected,
  );
  assert.ok(expected.length >= 14);
});

function alpineBase(): ReturnType<typeof readApkDatabase> {
  return readApkDatabase(data('rootfs/alpine-3.10.9-x86_64.tar.gz'));
}

/** Dependencies after replacement and the standard library, as the Go toolchain reads them. */
function goModules(binary: string): readonly { readonly name: string; readonly version: string }[] {
  const [first = '', ...lines] = execFileSync('go', ['version', '-m', binary], { encoding: 'utf8' }).split('\n');
  const modules = [{ name: 'stdlib', version: (first.split(': go')[1] ?? '').split(' ')[0] ?? '' }];
  for (const line of lines) {
    const [, kind, name = '', version = ''] = line.split('\t');
    if (kind === '=>') {
      modules.pop();
    }
    if (kind === 'dep' || kind === '=>') {
      modules.push({ name, version });
    }
  }
  return modules;
}

test('a package that a later layer deletes or replaces is not listed', { skip }, () => {
  const listed = report.packages.filter((item) => item.type === 'npm').map((item) => `${item.name} ${item.version}`);
  assert.deepEqual(listed, ['lodash 4.17.21', 'lodash 4.17.4', 'marked 0.3.0']);
});

test('the same image gives the same report from a layout, an OCI archive, a docker-archive and a root folder', {
  skip,
}, async () => {
  const [ociArchive, dockerArchive] = [join(home.folder, 'voyage.oci.tar'), join(home.folder, 'voyage.docker.tar')];
  const plain = `dir:${join(home.folder, 'plain')}`;
  // Docker's format knows no zstd.
  skopeoCopy(`oci:${image.layout}:voyage`, plain, '--dest-decompress');
  skopeoCopy(`oci:${image.layout}:voyage`, `oci-archive:${ociArchive}`);
  skopeoCopy(plain, `docker-archive:${dockerArchive}:voyage:1`);
  for (const reference of [`oci-archive:${ociArchive}`, `docker-archive:${dockerArchive}`]) {
    const other = await home.report(reference);
    assert.deepEqual(withoutStorage(other), withoutStorage(report), reference);
  }
  const folder = await home.report(`rootfs:${image.rootfs}`);
  assert.deepEqual(withoutLayers(folder), withoutLayers(report));
});

function skopeoCopy(from: string, to: string, ...options: readonly string[]): void {
  execFileSync('skopeo', ['copy', '--insecure-policy', '--quiet', ...options, from, to]);
}

/** A folder has no layers and no config. */
function withoutLayers(whole: Report): unknown {
  const { image: _image, content: _content, ...rest } = whole;
  return JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'layer' ? undefined : value)));
}

test('json, sarif and cyclonedx of the voyage image are valid and hold the same', { skip }, async () => {
  const outputs = await scanToAllFormats(home, [`oci:${image.layout}:voyage`]);
  assertSameContent(outputs);
  assert.deepEqual(outputs.report.findings, report.findings);
  const types = new Set(outputs.report.packages.map((item) => item.type));
  assert.deepEqual([...types].toSorted(), ['apk', 'golang', 'npm', 'pypi']);
});

test('a second scan reads nothing and says so', { skip }, async () => {
  const again = await home.report(`oci:${image.layout}:voyage`);
  assert.equal(again.content, 'cached');
  assert.deepEqual({ ...again, content: report.content }, report);
});
