import type { Digest } from '#base/digest.ts';
import type { Subject } from './access.ts';
import type { ManifestPointer } from './records.ts';

/**
 * How an image of somebody else comes into a repository of ours: as a client would push it, in quarantine until it is decided about. Implemented
 * by the catalogue, used by whoever acquires.
 */
export interface Intake {
  /** Whether the repository holds the blob, undamaged, from now on: what another repository of ours has is held without a copy. */
  hold(repository: string, digest: Digest): Promise<boolean>;
  /** An upload that outlives this process: one of the same acquisition and digest goes on where it ended. */
  upload(repository: string, blob: IntakeBlob, acquisition: string): Promise<IntakeUpload>;
  /** Stores a manifest byte for byte and makes the tags mean it. Throws as a push does. */
  manifest(repository: string, manifest: IntakeManifest): Promise<void>;
}

export interface IntakeBlob {
  readonly digest: Digest;
  readonly size: number;
}

export interface IntakeUpload {
  /** Bytes that are here already. */
  readonly offset: number;
  /** Adds what follows, durable when it resolves. */
  append(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Makes it a blob of the repository. Throws `UPLOAD_DIGEST_MISMATCH`; then all of it is forgotten. */
  finish(signal: AbortSignal): Promise<void>;
  /** Forgets it. */
  cancel(): Promise<void>;
}

export interface IntakeManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly tags: readonly string[];
}

/** What becomes of a pull of something that is not here, or not decided about yet. */
export type FirstPullAnswer =
  /** It can be served now, by the rules for everything; `warning` is for `Warning: 299`. */
  | { readonly kind: 'ready'; readonly warning: string | null }
  /** Ask again: 429 with `Retry-After`. */
  | { readonly kind: 'wait'; readonly retryAfterSeconds: number; readonly message: string }
  /** 403 with the reason. */
  | { readonly kind: 'refused'; readonly message: string };

/** Gates the first pull of an image by a proxy. Implemented by whoever acquires, asked by the registry. */
export interface FirstPull {
  /** Null when no source speaks of this repository: then it is as if there were no proxy. */
  pull(
    subject: Subject,
    repository: string,
    pointer: ManifestPointer,
    signal: AbortSignal,
  ): Promise<FirstPullAnswer | null>;
  /** A tag was pulled that is served from here: by now it may mean another image elsewhere. Nobody waits for that. */
  served(repository: string, tag: string): void;
  /**
   * What is to be said with a manifest or blob in quarantine that is served all the same, since its source has all served that nobody has decided about
   * yet; null for anything else. Whoever asks may pull the repository.
   */
  unjudged(repository: string, digest: Digest): Promise<string | null>;
}
