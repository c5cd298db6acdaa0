import { setTimeout as wait } from 'node:timers/promises';
import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { registrySettings } from '../settings/index.ts';
import { describeRequest, isNotFound, RegistryError, statusError } from '../transport/error.ts';
import type { ClientOptions } from './client.ts';
import { Endpoint, locate } from './endpoint.ts';
import { type FetchedManifest, fetchManifest } from './manifest.ts';
import { fetchReferrers, type ListedReferrers } from './referrers.ts';
import type { Document, RepositoryWriter } from './repository.ts';
import { fetchTags } from './tags.ts';
import { uploadBlob } from './upload.ts';

/** Request and answer together, for a manifest of a few MiB at most. */
const DOCUMENT_MS = 300_000;
/** Some registries answer a manifest with these in place of the specification's 201. */
const TAKEN: readonly number[] = [200, 201, 202];
const UNKNOWN: readonly string[] = ['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'MANIFEST_UNKNOWN'];
const ATTEMPTS = 6;
const PAUSE_MS = 200;

/**
 * One repository of a registry as a place to write to. Mirrors are passed over, for reading too: what is to be changed
 * has to be read where it is written. Throws `RegistryError`, and what authentication throws.
 */
export class RegistryWriter implements RepositoryWriter {
  /** With the registry. */
  readonly name: string;
  readonly #repository: string;
  readonly #endpoint: Endpoint;
  readonly #pauseMs: number;

  private constructor(name: string, repository: string, endpoint: Endpoint, pauseMs: number) {
    this.name = name;
    this.#repository = repository;
    this.#endpoint = endpoint;
    this.#pauseMs = pauseMs;
  }

  /** Nothing is asked yet. Throws `SettingsError`. */
  static async open(registry: string, repository: string, options: ClientOptions): Promise<RegistryWriter> {
    const { access, log, tuning = {} } = options;
    const settings = await registrySettings(access, registry);
    const retries = { clock: access.clock, ...(log === undefined ? {} : { log }), ...tuning.retries };
    const endpoint = new Endpoint(locate(registry, settings), access, retries, tuning, 'pull,push');
    return new RegistryWriter(`${registry}/${repository}`, repository, endpoint, tuning.retries?.baseMs ?? PAUSE_MS);
  }

  /** The manifest that a tag or digest names; null where there is none. */
  async find(reference: string, signal: AbortSignal): Promise<FetchedManifest | null> {
    const object = `manifest ${this.name}${reference.includes(':') ? '@' : ':'}${reference}`;
    try {
      return await fetchManifest(this.#endpoint, { repository: this.#repository, reference, object, signal });
    } catch (error) {
      if (isNotFound(error)) {
        return null;
      }
      throw error;
    }
  }

  /** What the registry lists as hanging on a manifest; null where it has not the referrers API. */
  async referrers(digest: Digest, signal: AbortSignal): Promise<ListedReferrers | null> {
    const object = `referrers of ${this.name}@${digest}`;
    return await fetchReferrers(this.#endpoint, { repository: this.#repository, digest, object, signal });
  }

  /** The tags that begin with a prefix, as far as the registry lists them; `after` as in `fetchTags`. */
  async tags(prefix: string, after: string | null, signal: AbortSignal): Promise<readonly string[]> {
    const object = `tags of ${this.name}`;
    return await fetchTags(this.#endpoint, { repository: this.#repository, prefix, after, object, signal });
  }

  async putBlob(digest: Digest, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await uploadBlob(this.#endpoint, { repository: this.#repository, digest, bytes, signal });
  }

  /** Puts a manifest under its digest or a tag; what its blobs are has to be there. True when the registry says that it lists it under its subject. */
  async putManifest(reference: string, document: Document, signal: AbortSignal): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#putManifest(reference, document, signal);
      } catch (error) {
        if (attempt === ATTEMPTS || !isPartUnknown(error)) {
          throw error;
        }
        await wait(this.#pauseMs * attempt * (0.5 + Math.random()), undefined, { signal });
      }
    }
  }

  close(): void {
    this.#endpoint.close();
  }

  async #putManifest(reference: string, { mediaType, bytes }: Document, signal: AbortSignal): Promise<boolean> {
    const { url, answer } = await this.#endpoint.send({
      method: 'PUT',
      repository: this.#repository,
      path: `manifests/${reference}`,
      headers: { 'content-type': mediaType },
      body: bytes,
      totalMs: DOCUMENT_MS,
      signal,
    });
    if (!TAKEN.includes(answer.status)) {
      throw await statusError({ method: 'PUT', url }, answer, { expected: '201' });
    }
    answer.discard();
    const named = answer.headers.get('docker-content-digest');
    if (named !== undefined && named !== digestOf(bytes)) {
      throw new RegistryError('REGISTRY_ANSWER_INVALID', 'the registry has taken something else than was sent', {
        object: describeRequest({ method: 'PUT', url }),
        expected: digestOf(bytes),
        found: quote(named),
        status: answer.status,
      });
    }
    return answer.headers.has('oci-subject');
  }
}

/**
 * True where the registry says that it has not what a manifest names, which it has just acknowledged: docker-registry does so
 * while another client sends the same blob, since it writes the file that says so in place.
 */
export function isPartUnknown(error: unknown): boolean {
  return error instanceof RegistryError && error.problems.some(({ code }) => UNKNOWN.includes(code));
}
