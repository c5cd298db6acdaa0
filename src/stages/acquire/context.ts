import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RandomBytes } from '#base/uuid.ts';
import type { Upstream } from '#lib/oci/index.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { Intake } from '#model/platform/intake.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { ManifestPointer, Records } from '#model/platform/records.ts';
import type { AcquireRules, Source, TagRule } from '#model/policy.ts';
import type { AcquisitionStatement } from './statement.ts';

/** What every part of acquiring works with. */
export interface AcquireContext {
  readonly store: MetadataStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly sources: Sources;
}

/** What a worker needs besides, to copy. */
export interface CopyContext extends AcquireContext {
  readonly log: Log;
  /** Of this program, for the statement of where an image came from. */
  readonly version: string;
  /** The catalogue, as what comes from a source sees it. */
  readonly intakeOf: (source: string) => Intake;
  readonly openUpstream: OpenUpstream;
  /** Signs what is said of the image and attaches it. Null where nothing is signed. */
  readonly attach: AttachStatement | null;
  /** Has marked images judged soon; in the transaction that marks them. */
  readonly askForReview: (records: Records, now: number) => Promise<void>;
}

/** Where images may come from, as the documents of the server say now. */
export interface Sources {
  active(): Promise<ActiveSources>;
}

/** The documents of one moment. Pure. */
export interface ActiveSources {
  /** When anything that decides was changed last, milliseconds UTC: documents, exceptions, trust. */
  readonly changedAt: number;
  /** Sources that images are taken from, by name. */
  readonly acquiring: readonly AcquiringSource[];
  sourceFor(image: UpstreamImage): Taken | NotTaken;
  /** What a repository of ours stands for; null when no source speaks of it. */
  upstreamOf(repository: string, pointer: ManifestPointer): Taken | NotTaken | null;
  acceptsTag(rules: readonly TagRule[], tag: string): boolean;
}

/** An image elsewhere: `docker.io`, `library/alpine`. */
export interface UpstreamImage {
  readonly registry: string;
  readonly path: string;
  readonly pointer: ManifestPointer;
}

export interface AcquiringSource {
  readonly source: Source;
  readonly acquire: AcquireRules;
}

/** A source that takes an image, and the repository of ours that it goes to. */
export interface Taken extends AcquiringSource {
  readonly kind: 'taken';
  readonly registry: string;
  readonly path: string;
  readonly repository: string;
}

export interface NotTaken {
  readonly kind: 'not-taken';
  /** A sentence part for whoever asked. */
  readonly reason: string;
  readonly source: string | null;
}

/** Attaches a statement to what it is about. Done twice is as done once. */
export type AttachStatement = (
  acquisition: Acquisition,
  statement: AcquisitionStatement,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Opens a repository upstream as a source allows: its addresses, its TLS, its credentials, which are read from where they are at that moment and never
 * given out. Nothing is asked yet.
 */
export type OpenUpstream = (taken: Pick<Taken, 'acquire' | 'registry' | 'path'>) => Promise<Upstream>;
