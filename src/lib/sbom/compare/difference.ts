import type { Digest } from '#base/digest.ts';
import type { SbomDifference } from '#model/finding.ts';
import type { Package } from '#model/package.ts';

/** One thing in which a document and an image are not the same. */
export interface Difference {
  readonly difference: SbomDifference;
  /** As it is in the image, or as declared when it is not there. */
  readonly about: DifferingPackage | DifferingFile;
  /** The version or digest that the document has; null when it has none. */
  readonly declared: string | null;
  /** The same of the image. */
  readonly found: string | null;
}

export interface DifferingPackage extends Pick<Package, 'purl' | 'name' | 'version' | 'locations' | 'layer'> {
  readonly kind: 'package';
}

export interface DifferingFile {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
  /** The layer that holds it; null when it is not in the image. */
  readonly layer: Digest | null;
}
