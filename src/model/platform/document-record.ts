import type { Digest } from '#base/digest.ts';
import type { Page } from './repository.ts';

export interface DocumentRecord {
  readonly kind: string;
  readonly name: string;
  readonly revision: number;
  readonly digest: Digest;
  readonly content: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly isRemoved: boolean;
}

export interface DocumentRecords {
  /** The id of a project by its name; null when there is none. */
  project(name: string): Promise<string | null>;
  /** Finds it or makes it: documents may belong to a project without a repository. */
  ensureProject(name: string, now: number): Promise<string>;
  /** The newest revision; null when there is none or it is removed. */
  find(projectId: string, kind: string, name: string): Promise<DocumentRecord | null>;
  /** The newest revision of each that is not removed. */
  list(projectId: string, kind: string, page: Page): Promise<readonly DocumentRecord[]>;
  /** How many of these kinds there are that are not removed. */
  count(projectId: string, kinds: readonly string[]): Promise<number>;
  /** The next revision; false when `revision` is not the one that follows the newest. */
  write(projectId: string, document: DocumentRecord): Promise<boolean>;
  /** A revision, a removal as well; the newest for null. Null when there is none. */
  revision(projectId: string, kind: string, name: string, revision: number | null): Promise<DocumentRecord | null>;
  /** Newest first, without what they say; those before a revision, or from the newest on. */
  history(
    projectId: string,
    kind: string,
    name: string,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly Omit<DocumentRecord, 'content'>[]>;
}
