import { algorithmOf, type Digest, digestOf, isDigest } from '#base/digest.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import { isIndexType, isManifestType } from '../documents/media-types.ts';
import { OciError } from '../error.ts';
import { sizeMismatch } from '../images/blobs.ts';
import { RegistryError } from '../transport/error.ts';
import type { FetchedManifest } from './manifest.ts';
import type { ListedReferrers } from './referrers.ts';
import type { BlobPointer, Document, RepositoryReader, RepositoryWriter } from './repository.ts';

/** Referrers that are asked for at once. */
const PAGE = 512;

/** A repository of our own as clients of registries know one: the same errors, the same checks, and no network. */
export class LocalClient implements RepositoryReader, RepositoryWriter {
  readonly name: string;
  readonly #repository: LocalRepository;

  /** `name` as references have it, with the registry. */
  constructor(name: string, repository: LocalRepository) {
    this.name = name;
    this.#repository = repository;
  }

  async resolve(tag: string, signal: AbortSignal): Promise<Digest | null> {
    return (await this.#repository.manifest({ tag }, signal))?.digest ?? null;
  }

  async manifest(reference: string, signal: AbortSignal): Promise<FetchedManifest> {
    const found = await this.find(reference, signal);
    if (found === null) {
      throw this.#absent(`manifest ${this.#nameOf(reference)}`);
    }
    return found;
  }

  async find(reference: string, signal: AbortSignal): Promise<FetchedManifest | null> {
    const pointer = isDigest(reference) ? { digest: reference } : { tag: reference };
    const found = await this.#repository.manifest(pointer, signal);
    if (found === null) {
      return null;
    }
    const { digest, content: bytes, mediaType: type } = found;
    const object = `manifest ${this.#nameOf(reference)}`;
    if (bytes.length > LIMITS.manifestBytes) {
      throw limitExceeded(object, LIMITS.manifestBytes, 'bytes', bytes.length);
    }
    assertDigest(bytes, isDigest(reference) ? reference : digest, object);
    return { bytes, digest, mediaType: isIndexType(type) || isManifestType(type) ? type : null };
  }

  async referrers(digest: Digest, signal: AbortSignal): Promise<ListedReferrers> {
    const descriptors: { readonly digest: Digest; readonly size: number }[] = [];
    for (let after: string | null = null; ; ) {
      const page = await this.#repository.referrers(digest, { after, limit: PAGE }, signal);
      descriptors.push(...page);
      after = page.at(-1)?.digest ?? null;
      if (page.length < PAGE) {
        return { descriptors, incomplete: null };
      }
      if (descriptors.length > LIMITS.referrers) {
        const object = `referrers of ${this.#nameOf(digest)}`;
        return { descriptors, incomplete: limitExceeded(object, LIMITS.referrers, 'entries') };
      }
    }
  }

  async *blob({ digest, size }: BlobPointer, signal: AbortSignal, from = 0): AsyncGenerator<Uint8Array> {
    const object = `blob ${this.name}@${digest}`;
    const content = await this.#repository.blob(digest, from, signal);
    if (content === null) {
      throw this.#absent(object);
    }
    if (content.size !== size) {
      await content.close();
      throw sizeMismatch(object, size, content.size);
    }
    let come = from;
    for await (const chunk of content.bytes) {
      signal.throwIfAborted();
      come += chunk.length;
      if (come > size) {
        throw sizeMismatch(object, size, come);
      }
      yield chunk;
    }
    if (come < size) {
      throw sizeMismatch(object, size, come);
    }
  }

  /** It has the referrers API, so that nobody needs its tags to find what hangs on something. */
  tags(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async putBlob(digest: Digest, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#repository.putBlob(digest, bytes, signal);
  }

  async putManifest(reference: string, { mediaType, bytes: content }: Document, signal: AbortSignal): Promise<boolean> {
    const digest = isDigest(reference) ? reference : digestOf(content);
    assertDigest(content, digest, `manifest ${this.#nameOf(reference)}`);
    const tags = isDigest(reference) ? [] : [reference];
    await this.#repository.putManifest({ digest, mediaType, content, tags }, signal);
    return true;
  }

  close(): void {
    // Nothing was opened.
  }

  #nameOf(reference: string): string {
    return `${this.name}${isDigest(reference) ? '@' : ':'}${reference}`;
  }

  #absent(object: string): RegistryError {
    return new RegistryError('REGISTRY_STATUS', 'not in our own registry', { object, found: 'nothing', status: 404 });
  }
}

function assertDigest(bytes: Uint8Array, expected: Digest, object: string): void {
  const found = digestOf(bytes, algorithmOf(expected));
  if (found !== expected) {
    throw new OciError('BLOB_DIGEST_MISMATCH', 'content is not what its digest says', {
      object,
      expected,
      found: `${found} of ${bytes.length} bytes`,
    });
  }
}
