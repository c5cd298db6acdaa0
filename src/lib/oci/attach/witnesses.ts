import { hexOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Log } from '#base/log.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { parseAttachment } from '../documents/attachment.ts';
import { fallbackTag, witnessTag } from '../evidence/tags.ts';
import type { FetchedManifest } from '../registry/manifest.ts';
import type { RepositoryWriter } from '../registry/repository.ts';
import type { Witnesses } from './gather.ts';
import type { JsonObject, Members } from './gathering.ts';
import { MANIFEST, type PlannedReferrer } from './plan.ts';

const PARALLEL = 8;
/** A list that lacks what was just acknowledged is asked for again, so often. */
const TRIES = 3;

/**
 * The referrers of one subject under tags of their own, `sha256-<hex>.<32 hex digits of the referrer>`: names that come of the
 * content, so that no two writers write the same one, and that begin with the tag of the index, so that they are found.
 */
export class ReferrerTags implements Witnesses {
  readonly #writer: RepositoryWriter;
  readonly #subject: EvidenceSubject;
  readonly #own: readonly string[];
  readonly #log: Log;
  /** Tags that are no referrers of this subject, whoever made them. */
  readonly #foreign = new Set<string>();

  constructor(writer: RepositoryWriter, subject: EvidenceSubject, own: readonly PlannedReferrer[], log: Log) {
    this.#writer = writer;
    this.#subject = subject;
    this.#own = own.map(({ digest }) => witnessTag(subject.digest, digest));
    this.#log = log;
  }

  /** A list without this writer's own tags is not a list of all tags. */
  async list(signal: AbortSignal): Promise<readonly string[] | null> {
    const index = fallbackTag(this.#subject.digest);
    try {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        // Some registries end a list early and do not say so: then from where these tags begin.
        const tags = await this.#writer.tags(`${index}.`, attempt % 2 === 0 ? null : index, signal);
        if (this.#own.every((tag) => tags.includes(tag))) {
          return tags.filter((tag) => isWitness(tag, index));
        }
      }
      this.#warn('not listed though it was acknowledged');
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error)) {
        throw error;
      }
      this.#warn(error.message);
    }
    return null;
  }

  isCovered(name: string, members: Members): boolean {
    const start = name.slice(name.lastIndexOf('.') + 1);
    return this.#foreign.has(name) || [...members.keys()].some((digest) => digest.startsWith(`sha256:${start}`));
  }

  /** What is listed and not there is being written at this moment: its writer will look by itself. */
  async fetch(names: readonly string[], signal: AbortSignal): Promise<Members> {
    if (names.length > LIMITS.indexManifests) {
      throw limitExceeded(`tags of ${this.#subject.digest}`, LIMITS.indexManifests, 'entries', names.length);
    }
    const found = await mapConcurrently(
      names,
      PARALLEL,
      async (name, _, stop) => {
        const fetched = await this.#writer.find(name, stop);
        const entry = fetched === null ? null : this.#entry(fetched, name);
        if (fetched !== null && entry === null) {
          this.#foreign.add(name);
        }
        return entry === null ? [] : [[String(entry['digest']), entry] as const];
      },
      signal,
    );
    return new Map(found.flat());
  }

  /** Null for what does not say that it hangs on the subject, and for what the name does not come of. */
  #entry({ bytes, digest }: FetchedManifest, name: string): JsonObject | null {
    if (!digest.startsWith(`sha256:${name.slice(name.lastIndexOf('.') + 1)}`)) {
      return null;
    }
    try {
      const { mediaType, artifactType, subject, annotations } = parseAttachment(bytes, null, `tag ${name}`);
      if (subject?.digest !== this.#subject.digest || mediaType !== MANIFEST) {
        return null;
      }
      return {
        mediaType,
        digest,
        size: bytes.length,
        ...(artifactType === null ? {} : { artifactType }),
        ...(annotations.size === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
      };
    } catch (error) {
      if (isAppError(error)) {
        return null;
      }
      throw error;
    }
  }

  #warn(why: string): void {
    this.#log.warn('tags cannot be listed: what is attached at the same moment elsewhere may be lost', {
      repository: this.#writer.name,
      subject: hexOf(this.#subject.digest),
      why,
    });
  }
}

function isWitness(tag: string, index: string): boolean {
  return /^\.[0-9a-f]{32}$/.test(tag.slice(index.length));
}
