import type { OsRelease, Package, PackageType } from '#model/package.ts';
import { ORDERS, type Order } from './orders.ts';

/** How packages of an ecosystem are asked about. */
export interface JudgedEcosystem {
  /** The folder of the export. */
  readonly name: string;
  readonly order: Order;
  /** The name of a package as a cataloger gives it, of the name in a record. */
  readonly named?: (name: string) => string;
  /** What a cataloger would find for one version: of a distribution binaries of the source package. */
  readonly packages: (name: string, version: string) => readonly Package[];
  /** The release that an ecosystem with this suffix is; absent for packages of a language. */
  readonly os?: (ecosystem: string) => OsRelease;
  /** Versions below the one given, near it. Those that the order does not put below are not asked about. */
  readonly below: (version: string) => readonly string[];
  /** The same above. */
  readonly above: (version: string) => readonly string[];
  /** Whether the ends of lists of versions are asked about; they are when this is absent. */
  readonly lists?: boolean;
  /** The lowest version there may be, for ranges from the start. */
  readonly first: string;
  /** True positives that there must be at least: nothing found never equals nothing expected. */
  readonly least: number;
}

const RELEASE = /^v?(\d+)\.(\d+)\.(\d+)(-.+)?$/;

/** The lowest prerelease of `1.2.3`; below that one `1.2.2`. */
function semverBelow(version: string): readonly string[] {
  const [, major = '', minor = '', patch = '', prerelease] = RELEASE.exec(version) ?? [];
  const before = Number(patch) > 0 ? [`${major}.${minor}.${Number(patch) - 1}`] : [];
  return prerelease === '-0' ? before : [`${major}.${minor}.${patch}-0`, ...before];
}

function semverAbove(version: string): readonly string[] {
  const [, major = '', minor = '', patch = ''] = RELEASE.exec(version) ?? [];
  return patch.length > 15 ? [] : [`${major}.${minor}.${Number(patch) + 1}-0`];
}

/** `1.2-r3` has `1.2-r2` below it, and `1.2_alpha-r3` below all its revisions. */
function apkBelow(version: string): readonly string[] {
  const revision = /-r([0-9]+)$/.exec(version);
  const upstream = version.slice(0, revision?.index ?? version.length);
  const number = Number(revision?.[1] ?? 0);
  return [`${upstream}_alpha${revision?.[0] ?? ''}`, ...(number > 0 ? [`${upstream}-r${number - 1}`] : [])];
}

/** By the id that os-release has, `Alpine:v3.10` as `3.10.0`. */
function releaseOf(id: string, suffix = ''): (ecosystem: string) => OsRelease {
  return (ecosystem) => ({ id, versionId: `${ecosystem.replace(/^[A-Za-z]+:?v?/, '')}${suffix}`, idLike: [] });
}

function packageOf(type: PackageType, name: string, version: string, more: Partial<Package> = {}): Package {
  const purl = `pkg:${type}/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
  const locations = [{ path: `/${purl}`, layer: null }];
  return { type, name, version, purl, licenses: [], layer: null, locations, cataloger: type, ...more };
}

/** One binary by the name of its source, and one by another name and with a version of its own: only the source's counts. */
function binaries(type: PackageType): JudgedEcosystem['packages'] {
  return (name, version) => {
    const source = { name, version };
    const other = packageOf(type, `${name}-of-another-name`, `99:${version}+b1`);
    return [packageOf(type, name, version), { ...other, source }];
  };
}

const language = (type: PackageType) => ({
  packages: (name: string, version: string) => [packageOf(type, name, version)],
});

export const JUDGED: readonly JudgedEcosystem[] = [
  {
    name: 'Alpine',
    order: ORDERS.apk,
    packages: binaries('apk'),
    os: releaseOf('alpine', '.0'),
    below: apkBelow,
    above: (version) => [`${version}1`],
    first: '0',
    least: 80_000,
  },
  {
    name: 'crates.io',
    order: ORDERS.semver,
    ...language('cargo'),
    below: semverBelow,
    above: semverAbove,
    first: '0.0.0',
    least: 2000,
  },
  {
    name: 'Debian',
    order: ORDERS.deb,
    packages: binaries('deb'),
    os: releaseOf('debian'),
    below: (version) => [`${version}~`],
    above: (version) => [`${version}+`],
    first: '0~',
    least: 300_000,
  },
  {
    name: 'Go',
    order: ORDERS.semver,
    packages: (name, version) => [packageOf('golang', name, name === 'stdlib' ? version : `v${version}`)],
    below: semverBelow,
    above: semverAbove,
    first: '0.0.0',
    least: 50_000,
  },
  {
    name: 'npm',
    order: ORDERS.semver,
    ...language('npm'),
    below: semverBelow,
    above: semverAbove,
    first: '0.0.0',
    least: 500,
  },
  {
    name: 'PyPI',
    order: ORDERS.pep440,
    named: (name) => name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
    ...language('pypi'),
    below: (version) => [`${version}.dev0`],
    above: (version) => [`${version}.post0`],
    first: '0.dev0',
    least: 50_000,
  },
  {
    name: 'RubyGems',
    order: ORDERS.gem,
    ...language('gem'),
    below: (version) => [`${version}.A`],
    above: (version) => [`${version}.0.1`],
    first: '0',
    least: 5000,
  },
  {
    name: 'Wolfi',
    order: ORDERS.apk,
    packages: binaries('apk'),
    os: releaseOf('wolfi'),
    below: apkBelow,
    above: (version) => [`${version}1`],
    first: '0',
    least: 200_000,
  },
];
