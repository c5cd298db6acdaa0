import type { Digest } from '#base/digest.ts';
import type { Page, Repository } from './repository.ts';

/**
 * Taking one image from one source: `waiting` for a worker, `copying`, `judging` (all of it is here, in quarantine, and is looked at), and in the end
 * `promoted`, `held` (policy says no, or not yet), `refused` (it must not come in: its signature, its history) or `failed`.
 */
export const ACQUISITION_STATES = ['waiting', 'copying', 'judging', 'promoted', 'held', 'refused', 'failed'] as const;
export type AcquisitionState = (typeof ACQUISITION_STATES)[number];

/** Those that come to nothing else. */
export const FINAL_ACQUISITION_STATES = [
  'promoted',
  'held',
  'refused',
  'failed',
] as const satisfies readonly AcquisitionState[];

/** What is copied so far, of what is known to be copied. Bytes are of blobs alone. */
export interface AcquisitionProgress {
  readonly manifests: number;
  readonly manifestsDone: number;
  readonly blobs: number;
  readonly blobsDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
}

export interface Acquisition {
  /** UUIDv7. */
  readonly id: string;
  /** Where it goes. */
  readonly repository: Repository;
  /** The name of the document of `kind: Source`. */
  readonly source: string;
  /** `docker.io/library/alpine`. */
  readonly upstream: string;
  /** As it was asked for: a tag or a digest. */
  readonly reference: string;
  /** What the reference means upstream; null until that is known. */
  readonly digest: Digest | null;
  readonly state: AcquisitionState;
  /** A sentence part for people: why it is held, refused or failed; empty otherwise. */
  readonly reason: string;
  readonly progress: AcquisitionProgress;
  /** As `ownerOf` says, or `source:NAME`. */
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly updatedAt: number;
  /** Null while it goes on. */
  readonly finishedAt: number | null;
  /** Raised by every change. */
  readonly version: number;
}

export type AcquisitionChange = Partial<Pick<Acquisition, 'digest' | 'state' | 'reason' | 'progress' | 'finishedAt'>>;

export interface AcquisitionFilter extends Page {
  /** Names of repositories, or what is below one of these: `team/app`, `team/`; all of them for null. */
  readonly prefixes: readonly string[] | null;
  readonly source: string | null;
  readonly state: AcquisitionState | null;
}

export interface AcquisitionRecords {
  /** The one that goes on already for this repository and reference, else the new one: of many who ask at once one is made. */
  begin(acquisition: Acquisition): Promise<Acquisition>;
  find(id: string): Promise<Acquisition | null>;
  /** False when somebody else changed it since: nothing changes then. */
  update(id: string, version: number, change: AcquisitionChange, now: number): Promise<boolean>;
  /** Newest first; `after` is an id. */
  list(filter: AcquisitionFilter): Promise<readonly Acquisition[]>;
  /** Those of this digest from this upstream that are over, newest first: what was refused once is not taken again by itself. */
  history(upstream: string, digest: Digest, limit: number): Promise<readonly Acquisition[]>;
  /** The newest of a reference of a repository; null for none. */
  latest(repositoryId: string, reference: string): Promise<Acquisition | null>;
  /** Those under way that bring this digest, or something that it hangs on, to this repository. */
  underWay(repositoryId: string, digest: Digest): Promise<readonly Acquisition[]>;
  /**
   * Whether it is time to look at something upstream again: nobody has since `before`. Of many who ask at once one is told so, and `now` is remembered.
   * `about` is a name for it: `source NAME`, `tag REPOSITORY:TAG`.
   */
  look(about: string, before: number, now: number): Promise<boolean>;
}
