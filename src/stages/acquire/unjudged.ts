import type { Digest } from '#base/digest.ts';
import { parsePushedManifest } from '#lib/oci/index.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { isAutomatic } from '#model/platform/own-state.ts';
import { isDecided, LOOKED_AT } from './history.ts';

/** Acquisitions of a repository that are looked into, and manifests of each. */
const MAX_ACQUISITIONS = 100;
const MAX_MANIFESTS = 4096;
/** Acquisitions whose parts are remembered. */
const MAX_REMEMBERED = 200;

/** What a manifest holds, by its digest. */
type Parts = ReadonlyMap<Digest, ReadonlySet<Digest>>;

/** Images that are here and that nobody has decided about yet, with all that is below them: for sources that serve these. */
export class UnjudgedImages {
  readonly #store: Pick<MetadataStore, 'records'>;
  /** What is below an image never changes; where it stands does. */
  readonly #parts = new Map<string, Parts>();

  constructor(store: Pick<MetadataStore, 'records'>) {
    this.#store = store;
  }

  /** Whether one of them in the repository is, or holds, a manifest or a blob. What a person decided about meanwhile is none of them. */
  async reach(repository: string, digest: Digest): Promise<boolean> {
    const { acquisitions } = this.#store.records;
    const filter = { source: null, state: 'judging', after: null, limit: MAX_ACQUISITIONS } as const;
    for (const acquisition of await acquisitions.list({ ...filter, prefixes: [repository] })) {
      const isHere = acquisition.repository.name === repository;
      if (isHere && (await this.#reaches(acquisition, digest)) && !(await this.#wasDecided(acquisition))) {
        return true;
      }
    }
    return false;
  }

  async #reaches(acquisition: Acquisition, digest: Digest): Promise<boolean> {
    for (const [manifest, parts] of await this.#partsOf(acquisition)) {
      if ((manifest === digest || parts.has(digest)) && (await this.#isUndecided(acquisition, manifest))) {
        return true;
      }
    }
    return false;
  }

  /** Still as it was put here, and no policy was asked: quarantine is as well where people put what they decided against, and policy what it let in before. */
  async #isUndecided({ repository }: Acquisition, manifest: Digest): Promise<boolean> {
    const { manifests, judgements } = this.#store.records;
    const found = await manifests.find(repository.id, manifest, null);
    const governor =
      found === null || found.governor === manifest ? found : await manifests.find(repository.id, found.governor, null);
    const state = governor?.standing.state;
    return (
      governor !== null &&
      state?.lifecycle === 'quarantined' &&
      isAutomatic(state.by) &&
      state.since === governor.pushedAt &&
      (await judgements.ofImage(repository.id, governor.digest)).length === 0
    );
  }

  /** Whether the same came to a decision in the same place before: it is looked at once more, and held until then. */
  async #wasDecided({ upstream, digest, repository }: Acquisition): Promise<boolean> {
    const before = digest === null ? [] : await this.#store.records.acquisitions.history(upstream, digest, LOOKED_AT);
    return before.some((one) => one.repository.id === repository.id && isDecided(one));
  }

  async #partsOf({ id, repository, digest: root }: Acquisition): Promise<Parts> {
    const known = this.#parts.get(id);
    if (known !== undefined || root === null) {
      return known ?? new Map();
    }
    const parts = new Map<Digest, ReadonlySet<Digest>>();
    const manifests = new Set<Digest>([root]);
    for (const digest of manifests) {
      const manifest = await this.#store.records.manifests.resolve(repository.name, { digest }, null);
      if (manifest === null) {
        continue;
      }
      const { references } = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${digest}`);
      parts.set(digest, new Set(references.filter(({ kind }) => kind !== 'child').map((part) => part.digest)));
      for (const child of references) {
        if (child.kind === 'child' && manifests.size < MAX_MANIFESTS) {
          manifests.add(child.digest);
        }
      }
    }
    this.#remember(id, parts);
    return parts;
  }

  #remember(id: string, parts: Parts): void {
    this.#parts.set(id, parts);
    if (this.#parts.size > MAX_REMEMBERED) {
      for (const oldest of this.#parts.keys()) {
        this.#parts.delete(oldest);
        return;
      }
    }
  }
}
