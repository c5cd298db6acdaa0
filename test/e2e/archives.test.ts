import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
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
  readonly image?: {
    readonly imageId: string;
    readonly diffIds: readonly string[];
    readonly platform: string;
    readonly created: string;
  };
  readonly results?: readonly ExpectedResult[];
}
interface ExpectedResult {
  readonly type: string;
  /** `debian:10`; `unknown:0.0` where there is no os-release. */
  readonly distro?: string;
  readonly osPrettyName?: string;
  readonly count?: number;
  readonly packages?: readonly ExpectedPackage[];
}
interface ExpectedPackage {
  readonly name: string;
  readonly version: string;
  /** The source package; in a list that names some, it is left out where it has the package's own name. */
  readonly source?: string;
}

/** What others make of lock files and jars is no list of installed packages; the two archives hold no node_modules. */
const NOT_INSTALLED: readonly string[] = ['maven', 'pnpm'];

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

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

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
    assert.equal(report.allowUnverified, edited ? 'edited sample' : undefined);
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

function checkExpected(report: Report, { image, results = [] }: Expected, edited: boolean): void {
  if (image !== undefined) {
    assert.equal(report.image.id, image.imageId);
    assert.equal(report.image.platform, image.platform);
    assert.equal(report.image.config?.created, image.created);
    if (!edited) {
      assert.deepEqual(
        report.image.layers.map((layer) => layer.diffId),
        image.diffIds,
      );
    }
  }
  for (const result of results.filter(({ type }) => !NOT_INSTALLED.includes(type))) {
    checkSystem(report, result);
  }
}

function checkSystem(report: Report, { type, distro, osPrettyName, count = 0, packages = [] }: ExpectedResult): void {
  const found = report.os === null ? 'unknown:0.0' : `${report.os.id}:${report.os.versionId}`;
  assert.equal(found, distro);
  assert.equal(report.os?.prettyName, osPrettyName);
  assert.equal(packages.length, count);
  if (type === 'linux') {
    assert.ok(report.unknowns.some((unknown) => unknown.kind === 'no-package-database'));
    // What it has is not of a system: jars, and a BusyBox that nobody packaged.
    assert.deepEqual(
      report.packages.filter((item) => SYSTEM_TYPES.has(item.type)),
      [],
    );
    return;
  }
  const listed = report.packages.filter((item) => item.type === type);
  const withSource = packages.some((item) => item.source !== undefined);
  assert.deepEqual(
    listed.map((item) => describe({ ...item, source: item.source?.name ?? item.name }, withSource)).toSorted(),
    packages.map((item) => describe(item, withSource)).toSorted(),
  );
}

function describe({ name, version, source }: ExpectedPackage, withSource: boolean): string {
  return withSource ? `${name} ${version} from ${source ?? name}` : `${name} ${version}`;
}

test('there are at least 17 archives, and expected.json speaks of packages in at least 3', { skip }, () => {
  assert.ok(archives.filter((name) => name.endsWith('.tar')).length >= 18);
  const lists = Object.values(expected).flatMap((item) => item.results ?? []);
  assert.ok(lists.filter((result) => (result.packages ?? []).length > 10).length >= 3);
  assert.ok(lists.flatMap((result) => result.packages ?? []).filter((item) => item.source !== undefined).length >= 15);
  const types = new Set(lists.map((result) => result.type));
  assert.deepEqual([...types].toSorted(), ['apk', 'deb', 'linux', 'maven', 'pnpm']);
});

test(`${NOT_AN_IMAGE} is refused as what it is`, { skip }, async () => {
  const outcome = await home.plimsoll(['scan', `docker-archive:${data(`spec/images/${NOT_AN_IMAGE}`)}`]);
  assert.equal(outcome.code, 3);
  assert.match(outcome.err, /manifest\.json/);
  assert.doesNotMatch(outcome.err, /internal error/);
});
