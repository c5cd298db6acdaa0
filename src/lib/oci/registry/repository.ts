import type { Digest } from '#base/digest.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import type { FetchedManifest } from './manifest.ts';
import type { ListedReferrers } from './referrers.ts';

/** Enough of a descriptor to fetch what it names. */
export type BlobPointer = Pick<Descriptor, 'digest' | 'size'>;

/** One repository of a registry to read from: over the network, or our own without it. What is not there is a `RegistryError` with status 404. */
export interface RepositoryReader {
  /** What is said to be the digest of a tag, unverified; null where nobody says. */
  resolve(tag: string, signal: AbortSignal): Promise<Digest | null>;
  /** A manifest or index by tag or digest, its digest verified. */
  manifest(reference: string | Digest, signal: AbortSignal): Promise<FetchedManifest>;
  /** What is said to refer to a manifest, unverified; null where there is no referrers API. */
  referrers(digest: Digest, signal: AbortSignal): Promise<ListedReferrers | null>;
  /** A blob's bytes from `from` on, as many as its descriptor says; what they hash to is not looked at. */
  blob(blob: BlobPointer, signal: AbortSignal, from?: number): AsyncIterable<Uint8Array>;
  close(): void;
}

/** A manifest or index to be written. */
export interface Document {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One repository of a registry to write to, and to read where it is written. */
export interface RepositoryWriter {
  /** With the registry. */
  readonly name: string;
  /** The manifest that a tag or digest names; null where there is none. */
  find(reference: string, signal: AbortSignal): Promise<FetchedManifest | null>;
  /** What the registry lists as hanging on a manifest; null where it has not the referrers API. */
  referrers(digest: Digest, signal: AbortSignal): Promise<ListedReferrers | null>;
  /** The tags that begin with a prefix, as far as they are listed; `after` as in `fetchTags`. */
  tags(prefix: string, after: string | null, signal: AbortSignal): Promise<readonly string[]>;
  putBlob(digest: Digest, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Puts a manifest under its digest or a tag; what its blobs are has to be there. True when it is said to be listed under its subject. */
  putManifest(reference: string, document: Document, signal: AbortSignal): Promise<boolean>;
  close(): void;
}
