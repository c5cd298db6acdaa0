import type { Descriptor } from '../documents/descriptor.ts';
import type { FileSet, StoredFile } from '../files/file-set.ts';
import { blobPath } from './blobs.ts';

/**
 * Where the documents and layers of images come from, named by digest: a layout, a registry's repository, a content store.
 * What it hands out is not verified yet: its readers compare digest and size with the descriptor.
 */
export interface ContentSource {
  /** The folder, archive or repository, for messages. */
  readonly object: string;
  /** An index or manifest; null when the source is known not to hold it. A source that would have to ask first may fail in `open` instead, with `BLOB_MISSING`. */
  manifest(descriptor: Descriptor): Promise<StoredFile | null>;
  /** A config or layer, likewise. */
  blob(descriptor: Descriptor): Promise<StoredFile | null>;
  close(): Promise<void>;
}

/** A layout keeps every blob under its digest (image-layout.md). */
export function contentOf(files: FileSet): ContentSource {
  return {
    object: files.object,
    manifest: (descriptor) => files.find(blobPath(descriptor.digest)),
    blob: (descriptor) => files.find(blobPath(descriptor.digest)),
    close: () => files.close(),
  };
}
