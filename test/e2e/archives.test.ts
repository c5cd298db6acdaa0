import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'images/archives',
  'published',
  'image archives of snyk-docker-plugin: docker save, OCI, containerd, kaniko, skopeo',
);

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');

interface Expected {
  readonly image?: { readonly imageId: string; readonly diffIds: readonly string[]; readonly platform: string };
  readonly results?: readonly { readonly type: string; readonly packages?: readonly ExpectedPackage[] }[];
}
interface ExpectedPackage {
  readonly name: string;
  readonly version: string;
}

/** Edited after they were saved: refused as they are, read with --allow-unverified. */
const EDITED: ReadonlySet<string> = new Set([
  'docker-archives/docker-save/java-windows.tar',
  'docker-archives/docker-save/nginx-os-release-link.tar',
  'docker-archives/docker-save/nginx.tar',
  'docker-archives/skopeo-copy/centos-6.tar',
  'oci-archives/nginx.tar',
  'oci-archives/oci-with-manifest.tar',
]);

/** Archives of several platforms that hold one: which one. */
const PLATFORMS: ReadonlyMap<string, string> = new Map([['containerd-archives/busybox.armv7.tar', 'linux/arm/v7']]);

const NOT_AN_IMAGE = 'docker-oci-archives/unsupported-image.tar';

const archives = skip === false ? readdirSync(data('spec/images'), { recursive: true, encoding: 'utf8' }) : [];
const expected = skip === false ? readExpected() : {};

function readExpected(): Readonly<Record<string, Expected>> {
  const text = readFileSync(data('spec/images/expected.json'), 'utf8');
  return (JSON.parse(text) as { images: Record<string, Expected> }).images;
}

for (const path of archives.filter((name) => name.endsWith('.tar') && name !== NOT_AN_IMAGE).toSorted()) {
  test(`${path} loads and is what its source says`, { skip }, async () => {
    const reference = data(`spec/images/${path}`);
    const edited = EDITED.has(path);
    if (edited) {
      const refused = await home.plimsoll(['scan', reference]);
      assert.equal(refused.code, 3, refused.out);
      assert.match(refused.err, /expected .*, found /);
      assert.match(refused.err, /--allow-unverified/);
    }
    const report = await home.report(reference, ...(edited ? ['--allow-unverified', 'edited sample'] : []));
    assert.equal(
      report.unknowns.some((unknown) => unknown.kind === 'integrity'),
      edited,
    );
    checkPlatform(report, PLATFORMS.get(path));
    checkExpected(report, expected[path] ?? {}, edited);
  });
}

function checkPlatform(report: Report, platform: string | undefined): void {
  if (platform !== undefined) {
    assert.equal(report.image.platform, platform);
  }
}

function checkExpected(report: Report, { image, results }: Expected, edited: boolean): void {
  if (image !== undefined) {
    assert.equal(report.image.id, image.imageId);
    assert.equal(report.image.platform, image.platform);
    if (!edited) {
      assert.deepEqual(
        report.image.layers.map((layer) => layer.diffId),
        image.diffIds,
      );
    }
  }
  for (const { type, packages = [] } of results ?? []) {
    if (type === 'deb' || type === 'apk') {
      const found = report.packages.filter((item) => item.type === type).map(nameAndVersion);
      assert.deepEqual(found.toSorted(), packages.map(nameAndVersion).toSorted());
    }
    if (type === 'linux') {
      assert.ok(report.unknowns.some((unknown) => unknown.kind === 'no-package-database'));
    }
  }
}

function nameAndVersion(item: ExpectedPackage): string {
  return `${item.name} ${item.version}`;
}

test('there are at least 17 archives, and expected.json speaks of packages in at least 3', { skip }, () => {
  assert.ok(archives.filter((name) => name.endsWith('.tar')).length >= 18);
  const lists = Object.values(expected).flatMap((item) => item.results ?? []);
  assert.ok(lists.filter((result) => (result.packages ?? []).length > 10).length >= 3);
});

test(`${NOT_AN_IMAGE} is refused as what it is`, { skip }, async () => {
  const outcome = await home.plimsoll(['scan', `docker-archive:${data(`spec/images/${NOT_AN_IMAGE}`)}`]);
  assert.equal(outcome.code, 3);
  assert.match(outcome.err, /manifest\.json/);
  assert.doesNotMatch(outcome.err, /internal error/);
});
