import { quote } from '#base/error.ts';
import type { VersionSchemeId } from '#lib/versions/index.ts';
import type { Build } from '#model/build.ts';
import type { OsRelease, Package, PackageType } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';
import { applicationOf } from '../cpe.ts';
import { DISTRIBUTIONS, RELEASED } from './distributions.ts';
import { namelessUnknowns } from './nameless.ts';
import type { NeededEcosystem, Place, Placement } from './placement.ts';
import { thirdPartyUnknowns } from './third-party.ts';

/** Programs that are in no package are known by their CPE alone. Nothing else is matched by it: names there are no ecosystem's. */
const NVD: Place = { shard: 'NVD', ecosystem: 'NVD', names: 'cpe' };

/**
 * By type: the ecosystem, and the order of its versions. SEMVER ranges are in the order of semantic versioning, or in the ecosystem's own where
 * that is semantic versioning with more: toolchains of Go, builds of Dart and Julia.
 */
const LANGUAGES: ReadonlyMap<PackageType, Placement> = new Map<PackageType, Placement>([
  ['cargo', language('crates.io', 'semver')],
  ['composer', language('Packagist', 'packagist')],
  // Versions of Conan that are not semantic ones are unknown.
  ['conan', language('ConanCenter', 'semver')],
  ['cran', language('CRAN', 'cran')],
  ['gem', language('RubyGems', 'gem')],
  ['generic', { kind: 'known', places: [NVD], scheme: 'generic', semverScheme: 'generic' }],
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

/** Pure: the same package and distribution have the same places. `builds` say of which products layers are that Red Hat built. */
export function placePackage(type: PackageType, os: OsRelease | null, builds: readonly Build[] = []): Placement {
  switch (type) {
    case 'apk':
    case 'deb':
    case 'rpm':
      return placeSystemPackage(type, os, builds);
    default:
      return LANGUAGES.get(type) ?? unsupported(`no advisories are known for ${type} packages`);
  }
}

/**
 * The ecosystems that the packages need, each once, sorted; and an unknown for packages whose distribution has none.
 * `products` says whether anybody is asked who knows programs by their CPE: few need that, and it is large.
 */
export function ecosystemsNeeded(
  packages: readonly Package[],
  os: OsRelease | null,
  builds: readonly Build[] = [],
  products = false,
): { readonly needed: readonly NeededEcosystem[]; readonly unknowns: readonly Unknown[] } {
  const needed = new Map<string, NeededEcosystem>();
  const own = packages.filter(({ thirdParty }) => thirdParty === undefined);
  const unknowns: Unknown[] = [...thirdPartyUnknowns(packages, os), ...namelessUnknowns(own)];
  for (const type of [...new Set(own.map((item) => item.type))].toSorted()) {
    const all = own.filter((item) => item.type === type);
    const placement = placePackage(type, os, builds);
    const isByProduct = placement.kind === 'known' && placement.places.includes(NVD);
    const placed = isByProduct ? all.filter(({ cpe }) => products && applicationOf(cpe) !== null) : all;
    if (placement.kind === 'known' && placed.length > 0) {
      for (const { shard, ecosystem, extended } of placement.places) {
        needed.set(ecosystem, { shard, ecosystem, ...(extended && { extended }) });
      }
    }
    if (placement.kind === 'unsupported') {
      unknowns.push(notMatched(placement.reason, type, all.length));
    } else if (placed.length < all.length) {
      const reason = products ? 'nothing says which product of the NVD they are' : WITHOUT_PRODUCTS;
      unknowns.push(notMatched(reason, type, all.length - placed.length));
    }
  }
  const sorted = [...needed.values()].toSorted((a, b) => (a.ecosystem < b.ecosystem ? -1 : 1));
  return { needed: sorted, unknowns };
}

const WITHOUT_PRODUCTS = 'no source of provider nvd is set, which knows programs that are in no package';

function notMatched(reason: string, type: PackageType, count: number): Unknown {
  const packages = `${count} ${type} ${count === 1 ? 'package was' : 'packages were'} not matched`;
  return { kind: 'no-advisories', path: null, layer: null, analyser: 'advisories', reason: `${reason}: ${packages}` };
}

function placeSystemPackage(type: 'apk' | 'deb' | 'rpm', os: OsRelease | null, builds: readonly Build[]): Placement {
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
  if (os.rolling !== undefined && RELEASED.has(os.id)) {
    return unsupported(`no advisories are known for ${os.id} ${quote(os.rolling, 40)}, which is no release`);
  }
  const places = release(os, builds);
  return 'problem' in places
    ? unsupported(`no advisories are known for ${os.id}: ${places.problem}`)
    : { kind: 'known', places, scheme: type, semverScheme: 'semver' };
}

function listParents(ids: readonly string[]): string {
  return ids
    .slice(0, 3)
    .map((id) => quote(id, 40))
    .join(', ');
}

function language(ecosystem: string, scheme: VersionSchemeId, semverScheme: VersionSchemeId = 'semver'): Placement {
  return { kind: 'known', places: [{ shard: ecosystem, ecosystem, names: 'own' }], scheme, semverScheme };
}

function unsupported(reason: string): Placement {
  return { kind: 'unsupported', reason };
}
