import assert from 'node:assert/strict';
import { type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { BlobKey, StoredBlob } from '#model/platform/blob-store.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { ManifestReference, NewManifest, Page, Repository } from '#model/platform/records.ts';
import type { ImageState, Lifecycle } from '#model/platform/state.ts';
import type { MetadataCode } from '../error.ts';

export const ALL: Page = { after: null, limit: 1000 };
export const PUSHER = 'user:pusher';

export function blob(text: string, key = `key of ${text}`): StoredBlob {
  return { key: key as BlobKey, digest: digestOf(text), size: text.length };
}

export function state(lifecycle: Lifecycle, since = 1): ImageState {
  return { lifecycle, reason: `${lifecycle} for a test`, since, by: 'user:approver' };
}

/** A manifest whose bytes are the text. It governs itself unless `changes` say otherwise. */
export function manifest(text: string, changes: Partial<NewManifest> = {}): NewManifest {
  const content = Buffer.from(text);
  const digest = digestOf(content);
  return {
    digest,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: null,
    size: content.length,
    subject: null,
    governor: digest,
    annotations: {},
    pushedBy: PUSHER,
    pushedAt: 10,
    content,
    references: [],
    ...changes,
  };
}

export function layer(stored: StoredBlob): ManifestReference {
  return { kind: 'layer', digest: stored.digest, isHeld: true, platform: null };
}

export function child(digest: Digest, platform: string | null = 'linux/amd64'): ManifestReference {
  return { kind: 'child', digest, isHeld: false, platform };
}

/** Stores a manifest of no blobs; what it stored. */
export async function push(
  store: MetadataStore,
  repository: Repository,
  pushed: NewManifest,
  initial: ImageState = state('quarantined'),
): Promise<NewManifest> {
  const isNew = await store.transaction((records) => records.manifests.insert(repository, pushed, initial));
  assert.equal(isNew, true);
  return pushed;
}

/** For `assert.rejects`. */
export function withCode(code: MetadataCode): (error: unknown) => boolean {
  return (error) => isAppError(error) && error.code === code;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) {
    collected.push(item);
  }
  return collected;
}
