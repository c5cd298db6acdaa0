import { algorithmOf, type Digest, digestOf } from '#base/digest.ts';
import type { DocumentStore } from '#model/ports.ts';

/** What one opening holds in memory, so that no document is fetched twice even where there is no store. */
const MEMORY_BYTES = 32 * 1024 * 1024;

/** Manifests, indexes and configs by digest: in memory, then in the store, if there is one. Only verified bytes go in and come out. */
export class Documents {
  readonly #store: DocumentStore | null;
  readonly #memory = new Map<Digest, Uint8Array>();
  #held = 0;

  constructor(store: DocumentStore | null) {
    this.#store = store;
  }

  get isKept(): boolean {
    return this.#store !== null;
  }

  async get(digest: Digest): Promise<Uint8Array | null> {
    const held = this.#memory.get(digest);
    if (held !== undefined) {
      return held;
    }
    const stored = (await this.#store?.get(digest)) ?? null;
    if (stored === null || digestOf(stored, algorithmOf(digest)) !== digest) {
      return null;
    }
    this.#hold(digest, stored);
    return stored;
  }

  /** Keeps bytes that have their digest; leaves others alone. */
  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (digestOf(bytes, algorithmOf(digest)) === digest) {
      this.#hold(digest, bytes);
      await this.#store?.put(digest, bytes);
    }
  }

  #hold(digest: Digest, bytes: Uint8Array): void {
    if (!this.#memory.has(digest) && this.#held + bytes.length <= MEMORY_BYTES) {
      this.#memory.set(digest, bytes);
      this.#held += bytes.length;
    }
  }
}
