import { quote } from '#base/error.ts';
import type { VersionSchemeId } from '#lib/versions/index.ts';
import type { OsRelease, Package, PackageType } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';
import { namelessUnknowns } from './nameless.ts';
import { thirdPartyUnknowns } from './third-party.ts';

/** Where the advisories of a package are: the shard, and the ecosystem inside it with its release. */
export interface NeededEcosystem {
  readonly shard: string;
  readonly ecosystem: string;
}

/** How a package is matched, or why its distribution has no advisories here. */
export type Placement =
  | {
      readonly kind: 'known';
      readonly needed: NeededEcosystem;
      /** The order of the ecosystem's own versions; SEMVER ranges have `semverScheme`. */
      readonly scheme: VersionSchemeId;
      readonly semverScheme: VersionSchemeId;
    }
  | { readonly kind: 'unsupported'; readonly reason: string };

type Distribution = (versionId: string) => string | { readonly problem: string };

/**
 * By `ID` of os-release: the ecosystem with the release as OSV writes it (OSV schema, Defined Ecosystems). A derivative
 * that shares the advisories of another distribution has a row of its own; what its `ID_LIKE` says is not enough.
 */
const DISTRIBUTIONS: Readonly<Record<'apk' | 'deb', ReadonlyMap<string, Distribution>>> = {
  apk: new Map<string, Distribution>([
    ['alpine', alpineRelease],
    ['wolfi', () => 'Wolfi'],
    ['chainguard', () => 'Chainguard'],
  ]),
  deb: new Map<string, Distribution>([
    ['debian', debianRelease],
    ['ubuntu', ubuntuRelease],
  ]),
};

/**
 * By type: the ecosystem, and the order of its versions. SEMVER ranges are in the order of semantic versioning, or in the ecosystem's own where
 * that is semantic versioning with more: toolchains of Go, builds of Dart and Julia.
 */
const LANGUAGES: ReadonlyMap<PackageType, Placement> = new Map([
  ['cargo', language('crates.io', 'semver')],
  ['composer', language('Packagist', 'packagist')],
  ['cran', language('CRAN', 'cran')],
  ['gem', language('RubyGems', 'gem')],
  ['github', language('GitHub Actions', 'github')],
  ['golang', language('Go', 'golang', 'golang')],
  ['hackage', language('Hackage', 'hackage')],
  ['hex', language('Hex', 'semver')],
  ['julia', language('Julia', 'julia', 'julia')],
  ['maven', language('Maven', 'maven')],
  ['npm', language('npm', 'semver')],
  ['nuget', language('NuGet', 'nuget')],
  ['opam', language('opam', 'opam')],
  ['pub', language('Pub', 'pub', 'pub')],
  ['pypi', language('PyPI', 'pep440')],
  ['swift', language('SwiftURL', 'semver')],
]);

/** Pure: the same package and distribution have the same place. */
export function placePackage(type: PackageType, os: OsRelease | null): Placement {
  switch (type) {
    case 'apk':
    case 'deb':
      return placeNamedPackage(type, os);
    default:
      return LANGUAGES.get(type) ?? unsupported(`no advisories are known for ${type} packages`);
  }
}

/** The ecosystems that the packages need, each once, sorted; and an unknown for packages whose distribution has none. */
export function ecosystemsNeeded(
  packages: readonly Package[],
  os: OsRelease | null,
): { readonly needed: readonly NeededEcosystem[]; readonly unknowns: readonly Unknown[] } {
  const needed = new Map<string, NeededEcosystem>();
  const own = packages.filter(({ thirdParty }) => thirdParty === undefined);
  const unknowns: Unknown[] = [...thirdPartyUnknowns(packages, os), ...namelessUnknowns(own)];
  for (const type of [...new Set(own.map((item) => item.type))].toSorted()) {
    const placement = placePackage(type, os);
    if (placement.kind === 'known') {
      needed.set(placement.needed.ecosystem, placement.needed);
    } else {
      const count = own.filter((item) => item.type === type).length;
      const reason = `${placement.reason}: ${count} ${type} ${count === 1 ? 'package was' : 'packages were'} not matched`;
      unknowns.push({ kind: 'no-advisories', path: null, layer: null, analyser: 'advisories', reason });
    }
  }
  const sorted = [...needed.values()].toSorted((a, b) => (a.ecosystem < b.ecosystem ? -1 : 1));
  return { needed: sorted, unknowns };
}

function placeNamedPackage(type: 'apk' | 'deb', os: OsRelease | null): Placement {
  if (os === null || os.id === '') {
    return unsupported('no distribution is named in os-release or a file that was there before it');
  }
  const release = DISTRIBUTIONS[type].get(os.id);
  if (release === undefined) {
    const parents =
      os.idLike.length === 0
        ? ''
        : `, whose likeness to ${listParents(os.idLike)} does not make it share their advisories`;
    return unsupported(`no advisories are known for ${type} packages of distribution ${quote(os.id, 40)}${parents}`);
  }
  if (os.rolling !== undefined && RELEASES.has(os.id)) {
    return unsupported(`no advisories are known for ${os.id} ${quote(os.rolling, 40)}, which is no release`);
  }
  const ecosystem = release(os.versionId ?? '');
  if (typeof ecosystem !== 'string') {
    return unsupported(`no advisories are known for ${os.id}: ${ecosystem.problem}`);
  }
  const shard = ecosystem.split(':', 1)[0] ?? ecosystem;
  return { kind: 'known', needed: { shard, ecosystem }, scheme: type, semverScheme: 'semver' };
}

/** Distributions whose advisories are by release: there are none of their own for what is still being made. */
const RELEASES: ReadonlySet<string> = new Set(['alpine', 'debian']);

function listParents(ids: readonly string[]): string {
  return ids
    .slice(0, 3)
    .map((id) => quote(id, 40))
    .join(', ');
}

/** `3.10.9` is of branch v3.10; edge has a date behind an underscore, and no advisories of its own. */
function alpineRelease(versionId: string): ReturnType<Distribution> {
  const [major, minor, ...rest] = versionId.split('.');
  if (!isNumber(major) || !isNumber(minor) || rest.length > 1 || !rest.every(isNumber)) {
    return { problem: `expected a release such as 3.20 in os-release, found ${found(versionId)}` };
  }
  return `Alpine:v${major}.${minor}`;
}

/** testing and sid have no VERSION_ID. */
function debianRelease(versionId: string): ReturnType<Distribution> {
  const major = versionId.split('.', 1)[0];
  return isNumber(major)
    ? `Debian:${major}`
    : { problem: `expected a release such as 12 in os-release, found ${found(versionId)}` };
}

/** Long-term support since 8.04: April of even years. OSV asks for the suffix exactly then. */
function ubuntuRelease(versionId: string): ReturnType<Distribution> {
  const [year, month, ...rest] = versionId.split('.');
  if (!isNumber(year) || !isNumber(month) || rest.length > 0) {
    return { problem: `expected a release such as 24.04 in os-release, found ${found(versionId)}` };
  }
  const longTerm = month === '04' && Number(year) % 2 === 0;
  return `Ubuntu:${versionId}${longTerm ? ':LTS' : ''}`;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,6}$/.test(text);
}

function found(versionId: string): string {
  return versionId === '' ? 'none' : quote(versionId, 40);
}

function language(ecosystem: string, scheme: VersionSchemeId, semverScheme: VersionSchemeId = 'semver'): Placement {
  return { kind: 'known', needed: { shard: ecosystem, ecosystem }, scheme, semverScheme };
}

function unsupported(reason: string): Placement {
  return { kind: 'unsupported', reason };
}
