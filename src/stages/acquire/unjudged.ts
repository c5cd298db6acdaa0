import type { Digest } from '#base/digest.ts';
import { parsePushedManifest } from '#lib/oci/index.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';

/** Acquisitions of a repository that are looked into, and manifests of each. */
const MAX_ACQUISITIONS = 100;
const MAX_MANIFESTS = 4096;
/** Acquisitions whose parts are remembered. */
const MAX_REMEMBERED = 200;

/** Images that are here and that nobody has decided about yet, with all that is below them: for sources that serve these. */
export class UnjudgedImages {
  readonly #store: Pick<MetadataStore, 'records'>;
  /** What is below an image never changes. */
  readonly #parts = new Map<string, ReadonlySet<Digest>>();

  constructor(store: Pick<MetadataStore, 'records'>) {
    this.#store = store;
  }

  /** Whether one of them in the repository is, or holds, a manifest or a blob. */
  async reach(repository: string, digest: Digest): Promise<boolean> {
    const filter = {
      prefixes: [repository],
      source: null,
      state: 'judging',
      after: null,
      limit: MAX_ACQUISITIONS,
    } as const;
    for (const acquisition of await this.#store.records.acquisitions.list(filter)) {
      if (acquisition.repository.name === repository && (await this.#partsOf(acquisition)).has(digest)) {
        return true;
      }
    }
    return false;
  }

  async #partsOf({ id, repository, digest: root }: Acquisition): Promise<ReadonlySet<Digest>> {
    const known = this.#parts.get(id);
    if (known !== undefined || root === null) {
      return known ?? new Set();
    }
    const manifests = new Set<Digest>([root]);
    const parts = new Set<Digest>();
    for (const digest of manifests) {
      parts.add(digest);
      const manifest = await this.#store.records.manifests.resolve(repository.name, { digest }, null);
      // What was decided about before is not served because of this.
      if (manifest === null || (manifest.standing.state?.lifecycle ?? 'quarantined') !== 'quarantined') {
        parts.delete(digest);
        continue;
      }
      for (const { kind, digest: part } of parsePushedManifest(manifest.content, manifest.mediaType, digest)
        .references) {
        if (kind === 'child' && manifests.size < MAX_MANIFESTS) {
          manifests.add(part);
        } else if (kind !== 'child') {
          parts.add(part);
        }
      }
    }
    this.#remember(id, parts);
    return parts;
  }

  #remember(id: string, parts: ReadonlySet<Digest>): void {
    this.#parts.set(id, parts);
    if (this.#parts.size > MAX_REMEMBERED) {
      for (const oldest of this.#parts.keys()) {
        this.#parts.delete(oldest);
        return;
      }
    }
  }
}
