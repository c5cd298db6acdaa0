import type { Digest } from '#base/digest.ts';

/** What the build system of a distribution left in one file of a layer. */
export interface BuildRecord {
  /** Repositories that packages of the layer may be of, as Red Hat calls them: `rhel-8-for-x86_64-baseos-rpms`. */
  readonly contentSets?: readonly string[];
  /** Of the image that the layer was built for. */
  readonly labels?: BuildLabels;
}

export interface BuildLabels {
  /** `ubi8-container`. */
  readonly component?: string;
  /** The repository of the image: `ubi8`. */
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly architecture?: string;
  /** The product by which advisories name it. */
  readonly cpe?: string;
}

export interface Build extends BuildRecord {
  /** Absolute, in the squashed view. */
  readonly path: string;
  /** The diffID of the layer; null when the image is a folder. */
  readonly layer: Digest | null;
}
