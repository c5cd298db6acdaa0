import type { Digest } from '#base/digest.ts';
import type { Build } from './build.ts';
import type { Executables } from './ownership.ts';
import type { OsRelease, Package } from './package.ts';
import type { Unknown } from './unknown.ts';

/** A file in an image that says what is in it, or in a part of it. */
export interface EmbeddedDocument {
  /** Absolute, in the squashed view. */
  readonly path: string;
  readonly layer: Digest | null;
  /** Not read yet. */
  readonly text: string;
}

/** What is in an image. */
export interface Inventory extends LayersInventory {
  /** `read` when at least one layer's content was read, `cached` when all facts were at hand, `declared` when a document says it. */
  readonly content: 'read' | 'cached' | 'declared';
}

/** The squashed view of its layers' facts. Plain data, the same for every image of these layers. */
export interface LayersInventory {
  readonly os: OsRelease | null;
  /** Sorted by type, name, version, purl, first location. */
  readonly packages: readonly Package[];
  readonly unknowns: readonly Unknown[];
  /** Ids of the catalogers that found a package database (not a single package's files): empty means none was there. */
  readonly databases: readonly string[];
  /** What build systems left in the layers, lowest layer first, then by path; absent when there is nothing. */
  readonly builds?: readonly Build[];
  /** SBOM documents in the image, by path; absent when there are none. */
  readonly documents?: readonly EmbeddedDocument[];
  /** Regular files in the squashed view; null when nobody counted. */
  readonly files: number | null;
  readonly executables: Executables | null;
}
