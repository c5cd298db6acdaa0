import type { Digest } from '#base/digest.ts';

/**
 * Something that could not be read, verified or matched. Unknowns travel from the parser to the verdict: a result with
 * one that could hide a finding is never called clean.
 */
export interface Unknown {
  readonly kind: UnknownKind;
  /** The file inside the image, absolute; null when the whole image or the advisory data is meant. */
  readonly path: string | null;
  /** The diffID of the layer; null when no single layer is meant. */
  readonly layer: Digest | null;
  /** The analyser that gave up: a cataloger's id, or `integrity`, `layers`, `inventory`, `match`, `advisories`. */
  readonly analyser: string;
  /** The purl of the OS package that the file belongs to. */
  readonly ownedBy?: string;
  /** A sentence part: what was expected, what was found. */
  readonly reason: string;
}

/** What is not known. */
export const UNKNOWN_KINDS = [
  /** A blob or layer that is not what its digest says, or is missing, and the user allowed that. */
  'integrity',
  /** A file that an analyser wanted and could not read: truncated, malformed, over a limit. */
  'unreadable',
  /** No package database of any kind in the image. */
  'no-package-database',
  /** A package without a version, or with one that its version scheme cannot parse. */
  'version',
  /** Files of the image contradict each other on its distribution and release, which decide the advisories. */
  'distribution',
  /** No advisories for this distribution or ecosystem: unsupported, not in the source, or never fetched. */
  'no-advisories',
  /** The advisories could not be brought up to date, or the newest of them is too old. */
  'stale-advisories',
  /** The feed held records that could not be read. */
  'incomplete-advisories',
  /** What is known of exploitation, or the ratings of the NVD, could not be brought up to date: the risk may be higher. Hides no finding. */
  'stale-signals',
  /** An SBOM document says that it is not complete, or says too little of something that it lists. */
  'incomplete-sbom',
] as const;

export type UnknownKind = (typeof UNKNOWN_KINDS)[number];

/** Whether there may be a finding behind it, so that a gate cannot pass. */
export function hidesFindings({ kind }: Pick<Unknown, 'kind'>): boolean {
  return kind !== 'stale-signals';
}
