import type { VersionSchemeId } from '#lib/versions/index.ts';

/** Where the advisories of a package are: the shard, and the ecosystem inside it with its release. */
export interface NeededEcosystem {
  readonly shard: string;
  readonly ecosystem: string;
  /** Speaks of the same packages as another, to those who pay for more: what has its repair is repaired, and nobody misses it when it is not there. */
  readonly extended?: true;
}

export interface Place extends NeededEcosystem {
  /**
   * The names that advisories go by. With `either`, what is said of a package by its own name comes before what is said of
   * its source; with `cpe` it is vendor and product of the package's CPE.
   */
  readonly names: 'own' | 'source' | 'either' | 'cpe';
  /** Rows of packages that are in a module say so: those without are not about these. */
  readonly namesModules?: true;
  /** Which other ecosystems of the shard speak for the same release, where a feed parts one by repositories or products. */
  readonly alike?: (ecosystem: string) => boolean;
}

/** How a package is matched, or why its distribution has no advisories here. */
export type Placement = KnownPlacement | { readonly kind: 'unsupported'; readonly reason: string };

export interface KnownPlacement {
  readonly kind: 'known';
  /** At least one. All of them together speak for the package. */
  readonly places: readonly Place[];
  /** The order of the ecosystem's own versions; SEMVER ranges have `semverScheme`. */
  readonly scheme: VersionSchemeId;
  readonly semverScheme: VersionSchemeId;
}
