import { apk } from './apk/index.ts';
import { cran } from './cran/index.ts';
import { deb } from './deb/index.ts';
import { gem } from './gem/index.ts';
import { generic } from './generic/index.ts';
import { github } from './github/index.ts';
import { golang } from './golang/index.ts';
import { hackage } from './hackage/index.ts';
import { julia } from './julia/index.ts';
import { maven } from './maven/index.ts';
import { nuget } from './nuget/index.ts';
import { opam } from './opam/index.ts';
import { packagist } from './packagist/index.ts';
import { pep440 } from './pep440/index.ts';
import { pub } from './pub/index.ts';
import { rpm } from './rpm/index.ts';
import type { VersionScheme, VersionSchemeId } from './scheme.ts';
import { semver } from './semver/index.ts';

/** The version schemes. The type makes it complete, a test compares it with the folders. */
const SCHEMES: Readonly<Record<VersionSchemeId, VersionScheme>> = {
  apk,
  cran,
  deb,
  gem,
  generic,
  github,
  golang,
  hackage,
  julia,
  maven,
  nuget,
  opam,
  packagist,
  pep440,
  pub,
  rpm,
  semver,
};

/** In the order of their ids. */
export const versionSchemes: readonly VersionScheme[] = Object.values(SCHEMES);

/** How the ecosystem that uses this scheme orders versions. */
export function schemeFor(id: VersionSchemeId): VersionScheme {
  return SCHEMES[id];
}
