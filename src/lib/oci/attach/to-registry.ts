import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { silentLog } from '#base/log.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { Artifact, Attached } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { fallbackTag, witnessTag } from '../evidence/tags.ts';
import type { OpenOptions } from '../images/options.ts';
import type { RegistryReference } from '../reference.ts';
import type { TransportTuning } from '../registry/endpoint.ts';
import { openWriter } from '../registry/open-writer.ts';
import type { RepositoryWriter } from '../registry/repository.ts';
import { isPartUnknown } from '../registry/writer.ts';
import { layersOf, tagDocument } from './cosign-tag.ts';
import { attachFailure, type Progress } from './failure.ts';
import { type GatheringPlace, gather } from './gather.ts';
import { INDEX, membersOf, readGathering, without, writeGathering } from './gathering.ts';
import { MANIFEST, type Planned, type PlannedReferrer, type PlannedTag, planArtifact } from './plan.ts';
import { ReferrerTags } from './witnesses.ts';

const PARALLEL = 4;

/** Attaches in a repository of a registry, which is not asked for the image again: it was read before. */
export async function attachToRegistry(
  artifacts: readonly Artifact[],
  reference: RegistryReference,
  options: OpenOptions,
  tuning: TransportTuning = {},
): Promise<readonly Attached[]> {
  const { signal = new AbortController().signal } = options;
  const writer = await openWriter(reference, options, tuning, 'nothing can be attached');
  const planned = artifacts.map(planArtifact);
  const attaching = new Attaching(writer, options, tuning.retries?.baseMs);
  try {
    return await attaching.run(planned, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw isAppError(error) ? attachFailure(error, `repository ${writer.name}`, attaching.progress) : error;
  } finally {
    writer.close();
  }
}

class Attaching {
  readonly progress: Progress = { stored: new Set(), attached: new Set() };
  readonly #writer: RepositoryWriter;
  readonly #options: OpenOptions;
  readonly #stepMs: number | undefined;

  constructor(writer: RepositoryWriter, options: OpenOptions, stepMs: number | undefined) {
    this.#writer = writer;
    this.#options = options;
    this.#stepMs = stepMs;
  }

  async run(planned: readonly Planned[], signal: AbortSignal): Promise<readonly Attached[]> {
    const blobs = new Map(planned.flatMap((each) => [...each.blobs]));
    await mapConcurrently(
      [...blobs],
      PARALLEL,
      ([digest, bytes], _, stop) => this.#writer.putBlob(digest, bytes, stop),
      signal,
    );
    const results = new Map<Planned, Attached>();
    const referrers = planned.filter((each) => each.kind === 'referrer');
    for (const group of Map.groupBy(referrers, ({ subject }) => subject.digest).values()) {
      const [{ subject } = never()] = group;
      const route = await this.#referrers(subject, group, signal);
      for (const each of group) {
        results.set(each, { subject: subject.digest, manifest: each.digest, route });
      }
    }
    const tagged = planned.filter((each) => each.kind === 'tag');
    for (const group of Map.groupBy(tagged, ({ subject, suffix }) => `${subject.digest} ${suffix}`).values()) {
      const [{ subject, suffix } = never()] = group;
      const manifest = await this.#tag(group, signal);
      this.progress.attached.add(manifest);
      const route = suffix === 'sig' ? 'signature-tag' : 'attestation-tag';
      for (const each of group) {
        results.set(each, { subject: subject.digest, manifest, route });
      }
    }
    return planned.flatMap((each) => results.get(each) ?? []);
  }

  /** By digest first: whether the registry lists it by itself is seen from that. */
  async #referrers(
    subject: EvidenceSubject,
    group: readonly PlannedReferrer[],
    signal: AbortSignal,
  ): Promise<Attached['route']> {
    const digests = [...new Set(group.map(({ digest }) => digest))];
    const known = await mapConcurrently(
      group,
      PARALLEL,
      async ({ digest, manifest }, _, stop) => {
        const isListed = await this.#writer.putManifest(digest, manifest, stop);
        this.progress.stored.add(digest);
        return isListed;
      },
      signal,
    );
    const listed = await this.#listed(subject, known.every(Boolean), digests, signal);
    if (!listed) {
      await mapConcurrently(
        group,
        PARALLEL,
        ({ digest, manifest }, _, stop) => this.#writer.putManifest(witnessTag(subject.digest, digest), manifest, stop),
        signal,
      );
      await this.#gather(
        this.#index(subject, group),
        membersOf(
          'index',
          group.map(({ entry }) => entry),
        ),
        signal,
      );
    }
    for (const digest of digests) {
      this.progress.stored.delete(digest);
      this.progress.attached.add(digest);
    }
    return listed ? 'referrers' : 'fallback-tag';
  }

  /**
   * Whether the registry has the referrers API and lists what was put there. It says so with the header `OCI-Subject`; some
   * send that without having the API, and others have the API without sending that.
   */
  async #listed(
    subject: EvidenceSubject,
    isSaid: boolean,
    digests: readonly Digest[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const listed = await this.#writer.referrers(subject.digest, signal);
    const has = (digest: Digest): boolean => listed?.descriptors.some((entry) => entry.digest === digest) ?? false;
    return listed !== null && (isSaid || digests.every(has));
  }

  #index(subject: EvidenceSubject, group: readonly PlannedReferrer[]): GatheringPlace {
    const tag = fallbackTag(subject.digest);
    const object = `index ${tag} of ${this.#writer.name}`;
    return {
      object,
      read: async (signal) => readGathering('index', (await this.#writer.find(tag, signal))?.bytes ?? null, object),
      write: async (base, members, stop) => {
        const changes = base.document === null ? { mediaType: INDEX } : {};
        const mediaType = base.document?.['mediaType'] ?? INDEX;
        try {
          await this.#put(tag, writeGathering(base, members, changes, object), mediaType, stop);
          return [];
        } catch (error) {
          const gone = isPartUnknown(error) ? await this.#gone([...base.members.keys()], stop) : [];
          if (gone.length === 0) {
            throw error;
          }
          const left = without({ ...base, members }, gone).members;
          await this.#put(tag, writeGathering(without(base, gone), left, changes, object), mediaType, stop);
          return gone;
        }
      },
      witnesses: new ReferrerTags(this.#writer, subject, group, this.#options.log ?? silentLog),
    };
  }

  /** Some registries take no index that lists what has been deleted, which would keep everybody from attaching. */
  async #gone(digests: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const found = await mapConcurrently(
      digests,
      PARALLEL,
      async (digest, _, stop) => ((await this.#writer.find(digest, stop)) === null ? [digest] : []),
      signal,
    );
    return found.flat();
  }

  async #tag(group: readonly PlannedTag[], signal: AbortSignal): Promise<Digest> {
    const [{ subject, suffix, config } = never()] = group;
    const tag = `${fallbackTag(subject.digest)}.${suffix}`;
    const object = `tag ${tag} of ${this.#writer.name}`;
    const place: GatheringPlace = {
      object,
      read: async (stop) => readGathering('manifest', (await this.#writer.find(tag, stop))?.bytes ?? null, object),
      write: async (base, members, stop) => {
        const document = tagDocument(base, members, config, object);
        await this.#writer.putBlob(document.config.digest, document.config.content, stop);
        await this.#put(tag, document.bytes, base.document?.['mediaType'] ?? MANIFEST, stop);
        return [];
      },
      // Who removes a signature has to remove it once: a witness would bring it back.
      witnesses: null,
    };
    return await this.#gather(place, layersOf(group), signal);
  }

  async #put(tag: string, bytes: Uint8Array, mediaType: unknown, signal: AbortSignal): Promise<void> {
    await this.#writer.putManifest(tag, { bytes, mediaType: String(mediaType) }, signal);
  }

  async #gather(place: GatheringPlace, own: ReturnType<typeof membersOf>, signal: AbortSignal): Promise<Digest> {
    return await gather(place, own, signal, this.#stepMs);
  }
}

function never(): never {
  throw new Error('a group has members');
}
