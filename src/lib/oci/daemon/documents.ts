import { algorithmOf, type Digest, digestOf } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { DocumentStore } from '#model/ports.ts';
import { Shape } from '../documents/shape.ts';
import type { StoredFile } from '../files/file-set.ts';

/** Configs and manifests kept from earlier exports; without a store nothing is kept. */
export class KeptDocuments {
  readonly #store: DocumentStore | null;

  constructor(store: DocumentStore | undefined) {
    this.#store = store ?? null;
  }

  async get(digest: Digest): Promise<Uint8Array | null> {
    const bytes = (await this.#store?.get(digest)) ?? null;
    return bytes !== null && hasDigest(bytes, digest) ? bytes : null;
  }

  /** Bytes with another digest are not kept: whoever reads them will say so. */
  async keep(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (hasDigest(bytes, digest)) {
      await this.#store?.put(digest, bytes);
    }
  }
}

export function hasDigest(bytes: Uint8Array, digest: Digest): boolean {
  return digestOf(bytes, algorithmOf(digest)) === digest;
}

/** True for an image config, false for a manifest or index: only configs say which layers a root file system has. */
export function isConfig(bytes: Uint8Array, object: string): boolean {
  return new Shape(parseStrictJson(bytes, object), object).has('rootfs');
}

/** Bytes at hand as a file. */
export function fileOf(bytes: Uint8Array): StoredFile {
  return {
    size: bytes.length,
    async *open() {
      yield await Promise.resolve(bytes);
    },
  };
}
