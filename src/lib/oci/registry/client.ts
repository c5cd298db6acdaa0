import type { Digest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { type Log, silentLog } from '#base/log.ts';
import type { SourceAccess } from '../images/options.ts';
import { registrySettings } from '../settings/index.ts';
import { isNotFound, RegistryError } from '../transport/error.ts';
import { downloadBlob, type Position } from './blob.ts';
import { coalesce } from './coalesce.ts';
import { Endpoint, locate, type TransportTuning } from './endpoint.ts';
import { type FetchedManifest, fetchManifest, headManifest } from './manifest.ts';
import { fetchReferrers, type ListedReferrers } from './referrers.ts';
import type { BlobPointer, RepositoryReader } from './repository.ts';
import { fetchTags } from './tags.ts';
import { hasBlob } from './upload.ts';

export interface ClientOptions {
  readonly access: SourceAccess;
  readonly log?: Log;
  readonly tuning?: TransportTuning;
}

const MIRROR_ATTEMPTS = 2;

/** One repository of a registry, asked for at its mirrors first. Throws `RegistryError`, and what authentication throws. */
export class RegistryClient implements RepositoryReader {
  readonly #repository: string;
  readonly #name: string;
  readonly #endpoints: readonly Endpoint[];
  /** Mirrors that failed and are not asked again. */
  readonly #down = new Set<Endpoint>();
  readonly #log: Log;
  readonly #pauseMs: number | undefined;

  private constructor(name: string, repository: string, endpoints: readonly Endpoint[], options: ClientOptions) {
    this.#name = name;
    this.#repository = repository;
    this.#endpoints = endpoints;
    this.#log = options.log ?? silentLog;
    this.#pauseMs = options.tuning?.retries?.baseMs;
  }

  /** Nothing is asked yet. Throws `SettingsError`. */
  static async open(registry: string, repository: string, options: ClientOptions): Promise<RegistryClient> {
    const { access, log, tuning = {} } = options;
    const settings = await registrySettings(access, registry);
    const mirrors = settings.mirrors.map((mirror) => ({
      registry: mirror.endpoint.host,
      url: mirror.endpoint,
      settings: mirror.settings,
    }));
    const retries = { clock: access.clock, ...(log === undefined ? {} : { log }), ...tuning.retries };
    const endpoints = [
      // Where a mirror does not answer, the registry does.
      ...mirrors.map((location) => new Endpoint(location, access, { ...retries, attempts: MIRROR_ATTEMPTS }, tuning)),
      new Endpoint(locate(registry, settings), access, retries, tuning),
    ];
    return new RegistryClient(`${registry}/${repository}`, repository, endpoints, options);
  }

  /** What the registry says is the digest of a tag, unverified; null where it does not say, or not to HEAD. */
  async resolve(tag: string, signal: AbortSignal): Promise<Digest | null> {
    const object = `manifest ${this.#name}:${tag}`;
    try {
      return await this.#first(signal, (endpoint) =>
        headManifest(endpoint, { repository: this.#repository, reference: tag, object, signal }),
      );
    } catch (error) {
      if (isAnswer(error)) {
        return null;
      }
      throw error;
    }
  }

  /** False when the registry says, and its mirrors too, that there is no such tag. True is no more than worth asking for it. */
  async hasTag(tag: string, signal: AbortSignal): Promise<boolean> {
    const object = `manifest ${this.#name}:${tag}`;
    try {
      await this.#first(signal, (endpoint) =>
        headManifest(endpoint, { repository: this.#repository, reference: tag, object, signal }),
      );
      return true;
    } catch (error) {
      // Some know no HEAD: then the answer to GET counts.
      if (isAnswer(error)) {
        return !isNotFound(error);
      }
      throw error;
    }
  }

  /** Whether the registry itself has a blob, as far as it says. */
  async hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean> {
    const upload = { repository: this.#repository, digest, signal };
    return await this.#first(signal, (endpoint) => hasBlob(endpoint, upload));
  }

  /** Its tags, all pages of the list. Throws `LIMIT_EXCEEDED`, and for a list that cannot be had as a whole. */
  async tags(signal: AbortSignal): Promise<readonly string[]> {
    const request = { repository: this.#repository, prefix: '', after: null, object: `tags of ${this.#name}`, signal };
    return await this.#first(signal, (endpoint) => fetchTags(endpoint, request));
  }

  /** A manifest or index by tag or digest, its digest verified. */
  async manifest(reference: string | Digest, signal: AbortSignal): Promise<FetchedManifest> {
    const object = `manifest ${this.#name}${reference.includes(':') ? '@' : ':'}${reference}`;
    return await this.#first(signal, (endpoint) =>
      fetchManifest(endpoint, { repository: this.#repository, reference, object, signal }),
    );
  }

  /**
   * What the registry says refers to a manifest, unverified; null where neither it nor a mirror has the referrers API. A
   * mirror that lists nothing may just not know yet, and is followed by the next.
   */
  async referrers(digest: Digest, signal: AbortSignal): Promise<ListedReferrers | null> {
    const object = `referrers of ${this.#name}@${digest}`;
    let listed: ListedReferrers | null = null;
    for (const endpoint of this.#candidates()) {
      try {
        listed = (await fetchReferrers(endpoint, { repository: this.#repository, digest, object, signal })) ?? listed;
      } catch (error) {
        this.#passOver(endpoint, error, signal);
      }
      if (listed !== null && (listed.descriptors.length > 0 || listed.incomplete !== null)) {
        break;
      }
    }
    return listed;
  }

  /** A blob in chunks of 256 KiB and more, from `from` on as many bytes as its descriptor says; what they hash to is not looked at. */
  blob(descriptor: BlobPointer, signal: AbortSignal, from = 0): AsyncIterable<Uint8Array> {
    return coalesce(this.#download(descriptor, signal, from));
  }

  close(): void {
    for (const endpoint of this.#endpoints) {
      endpoint.close();
    }
  }

  /** A mirror that fails in the middle is followed by the next, which goes on where it ended. */
  async *#download(descriptor: BlobPointer, signal: AbortSignal, from: number): AsyncGenerator<Uint8Array> {
    const position: Position = { offset: from, etag: null };
    const pause = this.#pauseMs === undefined ? {} : { pauseMs: this.#pauseMs };
    for (const endpoint of this.#candidates()) {
      const path = `blobs/${descriptor.digest}`;
      const ask = (headers: Readonly<Record<string, string>>): ReturnType<Endpoint['send']> =>
        endpoint.send({ method: 'GET', repository: this.#repository, path, headers, signal });
      try {
        yield* downloadBlob(
          { descriptor, object: `blob ${this.#name}@${descriptor.digest}`, ask, signal, ...pause },
          position,
        );
        return;
      } catch (error) {
        this.#passOver(endpoint, error, signal);
        position.etag = null;
      }
    }
  }

  async #first<T>(signal: AbortSignal, ask: (endpoint: Endpoint) => Promise<T>): Promise<T> {
    for (const endpoint of this.#candidates()) {
      try {
        return await ask(endpoint);
      } catch (error) {
        this.#passOver(endpoint, error, signal);
      }
    }
    throw new Error('a registry is its own last endpoint');
  }

  #candidates(): readonly Endpoint[] {
    return this.#endpoints.filter((endpoint) => !this.#down.has(endpoint));
  }

  /** Throws the error again where there is no other endpoint to ask. */
  #passOver(endpoint: Endpoint, error: unknown, signal: AbortSignal): void {
    if (endpoint === this.#endpoints.at(-1) || signal.aborted) {
      throw error;
    }
    this.#log.warn('mirror passed over', { mirror: endpoint.host, registry: this.#name, error: messageOf(error) });
    if (!isNotFound(error)) {
      this.#down.add(endpoint);
    }
  }
}

/** True for what another method may be asked after. Who has had too many requests is not asked again, the same under another method. */
function isAnswer(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.status !== null && error.code !== 'REGISTRY_RATE_LIMITED';
}
