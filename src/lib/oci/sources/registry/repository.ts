import type { Digest } from '#base/digest.ts';
import { LIMITS, limitExceeded, readBounded } from '#base/limits.ts';
import type { Descriptor } from '../../documents/descriptor.ts';
import { isConfigType } from '../../documents/media-types.ts';
import { OciError } from '../../error.ts';
import type { StoredFile } from '../../files/file-set.ts';
import { missingBlob } from '../../images/blobs.ts';
import type { ContentSource } from '../../images/content-source.ts';
import type { RegistryReference } from '../../reference.ts';
import type { FetchedManifest } from '../../registry/manifest.ts';
import type { ListedReferrers } from '../../registry/referrers.ts';
import type { RepositoryReader } from '../../registry/repository.ts';
import { isNotFound, RegistryError } from '../../transport/error.ts';
import type { Documents } from './documents.ts';

/** One repository of a registry as a source of content. Nothing is asked for before it is read. */
export class Repository implements ContentSource {
  readonly object: string;
  readonly #connect: (() => Promise<RepositoryReader>) | null;
  readonly #documents: Documents;
  #client: Promise<RepositoryReader> | null = null;

  /** With null for `connect` there is no network: only what `documents` holds can be read. */
  constructor(object: string, connect: (() => Promise<RepositoryReader>) | null, documents: Documents) {
    this.object = object;
    this.#connect = connect;
    this.#documents = documents;
  }

  /** The descriptor of what a reference names: one request for a tag, none for a digest that is held. */
  async root(reference: RegistryReference, signal: AbortSignal): Promise<Descriptor> {
    const { tag, digest } = reference;
    const held = digest === null ? null : await this.#documents.get(digest);
    if (digest !== null && held !== null) {
      return rootDescriptor({ digest, bytes: held, mediaType: null });
    }
    if (digest === null && this.#documents.isKept) {
      const client = await this.#online(`tag ${tag ?? ''}`);
      const named = await client.resolve(tag ?? '', signal);
      const known = named === null ? null : await this.#documents.get(named);
      if (named !== null && known !== null) {
        return rootDescriptor({ digest: named, bytes: known, mediaType: null });
      }
    }
    const wanted = digest ?? tag ?? '';
    try {
      return rootDescriptor(await this.#fetch(wanted, signal));
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
      throw new OciError('IMAGE_NOT_FOUND', 'no image of this name', {
        object: this.object,
        expected: wanted,
        found: error.found ?? '404',
        hint: 'Check the name and the tag; without a tag, latest is meant.',
        cause: error,
      });
    }
  }

  manifest(descriptor: Descriptor): Promise<StoredFile> {
    return Promise.resolve(
      this.#document(descriptor, async (signal) => (await this.#fetch(descriptor.digest, signal)).bytes),
    );
  }

  blob(descriptor: Descriptor): Promise<StoredFile> {
    const { size } = descriptor;
    const stream = (signal?: AbortSignal): AsyncIterable<Uint8Array> =>
      this.#stream(descriptor, signal ?? neverAborted());
    if (!isConfigType(descriptor.mediaType)) {
      return Promise.resolve({ size, open: stream });
    }
    return Promise.resolve(
      this.#document(descriptor, async (signal) => {
        const bytes = await readBounded(stream(signal), LIMITS.configBytes, `config ${descriptor.digest}`);
        await this.#documents.put(descriptor.digest, bytes);
        return bytes;
      }),
    );
  }

  /** What a tag names now, asked for every time; null where the registry has no such tag. */
  async tagged(tag: string, signal: AbortSignal): Promise<FetchedManifest | null> {
    try {
      return await this.#fetch(tag, signal);
    } catch (error) {
      if (isNotFound(error)) {
        return null;
      }
      throw error;
    }
  }

  /** What the registry says refers to a manifest; null where it has not the referrers API. */
  async referrers(digest: Digest, signal: AbortSignal): Promise<ListedReferrers | null> {
    const client = await this.#online(`referrers of ${digest}`);
    return await client.referrers(digest, signal);
  }

  async close(): Promise<void> {
    (await this.#client?.catch(() => null))?.close();
  }

  #document(descriptor: Descriptor, fetch: (signal: AbortSignal) => Promise<Uint8Array>): StoredFile {
    const { size, digest } = descriptor;
    const read = async function* (documents: Documents, signal: AbortSignal): AsyncGenerator<Uint8Array> {
      yield (await documents.get(digest)) ?? (await fetch(signal));
    };
    return {
      size,
      open: (signal) => this.#named(read(this.#documents, signal ?? neverAborted()), `document ${digest}`),
    };
  }

  async *#stream(descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const object = `blob ${descriptor.digest}`;
    if (descriptor.size > LIMITS.layerBytes) {
      throw limitExceeded(object, LIMITS.layerBytes, 'bytes', descriptor.size);
    }
    const client = await this.#online(object);
    yield* this.#named(client.blob(descriptor, signal), object);
  }

  /** A manifest by tag or digest over the network, kept for the next time. */
  async #fetch(wanted: string | Digest, signal: AbortSignal): Promise<FetchedManifest> {
    const client = await this.#online(wanted.includes(':') ? `manifest ${wanted}` : `tag ${wanted}`);
    const fetched = await client.manifest(wanted, signal);
    await this.#documents.put(fetched.digest, fetched.bytes);
    return fetched;
  }

  /** What a manifest names and the registry does not have is a missing blob, as in every other source. */
  async *#named(content: AsyncIterable<Uint8Array>, object: string): AsyncGenerator<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      throw isNotFound(error) ? missingBlob(object, this, error.message) : error;
    }
  }

  async #online(wanted: string): Promise<RepositoryReader> {
    if (this.#connect === null) {
      throw new RegistryError('REGISTRY_OFFLINE', 'not kept on this machine', {
        object: `${wanted} of ${this.object}`,
        expected: 'a copy in the cache, since the network may not be used',
        found: 'none',
        hint: 'Scan the image once without --offline; what was kept then is found by its digest, NAME@sha256:….',
      });
    }
    this.#client ??= this.#connect();
    return await this.#client;
  }
}

function rootDescriptor({ digest, bytes, mediaType }: FetchedManifest): Descriptor {
  return { digest, size: bytes.length, mediaType, annotations: new Map(), artifactType: null, platform: null };
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
