import type { Records } from '#model/platform/records.ts';
import type { DumpedRow } from '#store/metadata/index.ts';

interface Image {
  readonly repositoryId: string;
  readonly projectId: string;
  readonly digest: string;
}

/** Jobs are not in a backup; images that were not analysed yet are, and get theirs again. */
export class MissingAnalyses {
  readonly #repositories = new Map<string, string>();
  readonly #images = new Map<string, Image>();

  /** A transaction that is tried again begins anew. */
  begin(): void {
    this.#repositories.clear();
    this.#images.clear();
  }

  /** Rows in the order of a dump: references after their manifests, inventories after both. */
  see({ table, row }: DumpedRow): void {
    if (table === 'repositories') {
      this.#repositories.set(String(row['id']), String(row['name']));
    } else if (table === 'manifest_references' && row['kind'] === 'layer') {
      const [repositoryId, digest] = [String(row['repository_id']), String(row['manifest'])];
      const projectId = String(row['project_id']);
      this.#images.set(`${repositoryId} ${digest}`, { repositoryId, projectId, digest });
    } else if (table === 'image_inventories') {
      this.#images.delete(`${String(row['repository_id'])} ${String(row['digest'])}`);
    }
  }

  async enqueue(records: Records, now: number): Promise<void> {
    for (const { repositoryId, projectId, digest } of this.#images.values()) {
      await records.jobs.enqueue(
        {
          kind: 'analyse-image',
          payload: { repository: this.#repositories.get(repositoryId) ?? '', digest },
          key: `analyse-image ${repositoryId} ${digest}`,
          projectId,
        },
        now,
      );
    }
  }
}
