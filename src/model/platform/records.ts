import type { Digest, DigestAlgorithm } from '#base/digest.ts';
import type { Grant } from './access.ts';
import type { AcquisitionRecords } from './acquisition.ts';
import type { BlobKey, StoredBlob, UploadState } from './blob-store.ts';
import type { DocumentRecords } from './document-record.ts';
import type { PlatformEvent } from './event.ts';
import type { IdempotencyRecords } from './idempotency.ts';
import type { InventoryRecords } from './inventory-record.ts';
import type { JobRequest } from './job.ts';
import type { CatalogRecords, FindingRecords, JudgementRecords } from './judgement.ts';
import type { Page, Repository } from './repository.ts';
import type { RetentionRecords } from './retention.ts';
import type { Approval, ImageState, Lifecycle, Standing } from './state.ts';

export type { DocumentRecord, DocumentRecords } from './document-record.ts';
export type { IdempotencyRecords, IdempotentRequest } from './idempotency.ts';
export type { ImageAnalysis, ImageInventory, InventoryRecords } from './inventory-record.ts';
export type { Page, Repository } from './repository.ts';

/*
 * The ports of the metadata store, one for each kind of record. All of them are of one transaction, or of none: then each call is one.
 * Times are milliseconds UTC and always the caller's. Lists are sorted by bytes, and paged by the last name that was seen.
 */

export interface RepositoryRecords {
  find(name: string): Promise<Repository | null>;
  /** Finds it or makes it, and its project. */
  ensure(name: string, now: number): Promise<Repository>;
  /** Those of these names, and below those that end with a slash: `team/app`, `team/`; all of them for null. */
  list(prefixes: readonly string[] | null, page: Page): Promise<readonly Repository[]>;
}

/** A manifest without its bytes. */
export interface ManifestRecord {
  readonly repositoryId: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly size: number;
  readonly subject: Digest | null;
  /** The manifest whose state is that of this one. */
  readonly governor: Digest;
  readonly annotations: Readonly<Record<string, string>>;
  /** The owner (`ownerOf`): name and account. */
  readonly pushedBy: string;
  readonly pushedAt: number;
}

export interface NewManifest extends Omit<ManifestRecord, 'repositoryId'> {
  readonly content: Uint8Array;
  readonly references: readonly ManifestReference[];
}

export interface ManifestReference {
  readonly kind: 'config' | 'layer' | 'child';
  readonly digest: Digest;
  /** Whether the repository has to hold it as a blob; false for a child, and for a layer that is fetched elsewhere. */
  readonly isHeld: boolean;
  /** Of a child: `linux/amd64`. */
  readonly platform: string | null;
}

export interface StandingManifest extends ManifestRecord {
  readonly standing: Standing;
}

/** Manifests that are not deleted, unless a method says otherwise. */
export interface ManifestRecords {
  /** By digest or tag, with its bytes and what decides who may read it. One read, on the hot path. */
  resolve(repository: string, reference: ManifestPointer, environment: string | null): Promise<ResolvedManifest | null>;
  find(repositoryId: string, digest: Digest, environment: string | null): Promise<StandingManifest | null>;
  /**
   * Stores it, in quarantine when it is new, and makes what was deleted live again. What a person decided against it when it was here before stands: that it is
   * revoked, expired or held in quarantine, or refused for an environment. What hangs on it is governed by its governor from now on. False when it was there: nothing changes then. Throws `BLOB_NOT_IN_REPOSITORY`.
   */
  insert(repository: Repository, manifest: NewManifest, state: ImageState): Promise<boolean>;
  /** Of one that was deleted, or removed for good, the state that it would come back in as somebody decided; null where it would be looked at as new. */
  ended(repository: string, digest: Digest): Promise<ImageState | null>;
  children(repositoryId: string, digest: Digest): Promise<readonly ManifestReference[]>;
  /** Manifests that have it as a child, sorted by digest. */
  parents(repositoryId: string, digest: Digest): Promise<readonly Pick<ManifestRecord, 'digest' | 'pushedAt'>[]>;
  /** What has it as subject, sorted by digest. */
  referrers(repositoryId: string, subject: Digest, filter: ReferrerFilter): Promise<readonly StandingManifest[]>;
  /** False when it is not, or no more, in `from`: nothing changes then. Two who decide at once do not overwrite each other. */
  setState(repositoryId: string, digest: Digest, from: Lifecycle, state: ImageState): Promise<boolean>;
  setApproval(repository: Repository, digest: Digest, approval: Approval): Promise<void>;
  /** False when something else than `before` (null for nothing) is decided for that environment: nothing changes then. */
  replaceApproval(
    repository: Repository,
    digest: Digest,
    before: Approval | null,
    approval: Approval,
  ): Promise<boolean>;
  approvals(repositoryId: string, digest: Digest): Promise<readonly Approval[]>;
}

export type ManifestPointer = { readonly tag: string } | { readonly digest: Digest };

export interface ResolvedManifest extends StandingManifest {
  readonly repository: Repository;
  readonly content: Uint8Array;
}

export interface ReferrerFilter extends Page {
  readonly artifactType: string | null;
  readonly environment: string | null;
}

/** Manifests that are deleted, until they are collected. */
export interface TrashRecords {
  /** Its tags go with it. The tags that went; null when there is no such manifest. */
  delete(repositoryId: string, digest: Digest, by: string, now: number): Promise<readonly string[] | null>;
  /** Back with those of its tags that nobody took since. False when it is not in the trash. */
  restore(repositoryId: string, digest: Digest, now: number): Promise<boolean>;
  list(page: Page & { readonly deletedBefore: number }): Promise<readonly TrashedManifest[]>;
  /** Removes it for good, if it is still deleted since before then, and no manifest, a deleted one included, has it as a child. */
  purge(repositoryId: string, digest: Digest, deletedBefore: number): Promise<boolean>;
}

export interface TrashedManifest {
  /** For `after` of the page that follows. */
  readonly cursor: string;
  readonly repository: Repository;
  readonly digest: Digest;
  readonly size: number;
  readonly deletedAt: number;
  readonly deletedBy: string;
  readonly tags: readonly string[];
}

export interface TagRecords {
  /** What it meant before; null when it is new. Throws `MANIFEST_NOT_IN_REPOSITORY`. */
  set(repository: Repository, name: string, digest: Digest, by: string, now: number): Promise<Digest | null>;
  /** What it meant; null when there is none. */
  delete(repositoryId: string, name: string, now: number): Promise<Digest | null>;
  list(repositoryId: string, page: Page): Promise<readonly { readonly name: string; readonly digest: Digest }[]>;
}

export interface BlobRecord extends StoredBlob {
  readonly createdAt: number;
  readonly verifiedAt: number;
  /** When its bytes were found to be other than its digest; null when they were not. */
  readonly damagedAt: number | null;
}

export interface LinkedBlob extends BlobRecord {
  /** The owners (`ownerOf`) who uploaded or mounted it there. */
  readonly uploadedBy: readonly string[];
}

export interface BlobRecords {
  find(digest: Digest): Promise<BlobRecord | null>;
  /** The blob if this repository holds it. */
  linked(repositoryId: string, digest: Digest): Promise<LinkedBlob | null>;
  /** Those of these blobs that this repository holds, by digest. */
  linkedAmong(repositoryId: string, digests: readonly Digest[]): Promise<ReadonlyMap<Digest, BlobRecord>>;
  /**
   * Makes the blob known and the repository hold it. When the digest is known under another key, that one stays: the caller removes its own bytes.
   * Bytes that are damaged are replaced. The key that counts.
   */
  link(repository: Repository, blob: StoredBlob, by: string, now: number): Promise<BlobKey>;
  /** Holds what is known already. Throws `BLOB_GONE` when it is not known any more. */
  mount(repository: Repository, digest: Digest, by: string, now: number): Promise<void>;
  /**
   * False when the repository does not hold it. Throws `BLOB_IN_USE` when a manifest needs it. What only deleted manifests need is kept for them, uploaded
   * by nobody.
   */
  unlink(repositoryId: string, digest: Digest): Promise<boolean>;
  /**
   * What decides who may read it: the standings of the manifests that reach it in this repository, those that decide alike for everybody at most
   * twice. A base image is in thousands of them: first come those of a few, which is enough for most who may read it.
   */
  standings(repositoryId: string, digest: Digest, environment: string | null): AsyncIterable<Standing>;
  /** Repositories that hold it, for a mount that names none. */
  holders(digest: Digest, limit: number): Promise<readonly Repository[]>;
}

/** For garbage collection and the scrubber. */
export interface BlobUpkeep {
  /** Unlinks what no manifest needs and was linked before then, at most so many. How many. */
  unlinkUnneeded(linkedBefore: number, limit: number): Promise<number>;
  /** Blobs that no repository holds, made before then. */
  unheld(createdBefore: number, limit: number): Promise<readonly BlobRecord[]>;
  /** Forgets the blob if no repository holds it still. Its bytes are garbage from then on. */
  forget(digest: Digest): Promise<boolean>;
  /** Which of these keys are known. */
  known(keys: readonly BlobKey[]): Promise<ReadonlySet<BlobKey>>;
  /** Those whose bytes were not looked at for longest. */
  leastVerified(before: number, limit: number): Promise<readonly BlobRecord[]>;
  /** What was found under a key. Null when the blob is gone, or its bytes are under another key by now; otherwise whether it was damaged before. */
  setVerified(blob: Pick<BlobRecord, 'digest' | 'key'>, now: number, isDamaged: boolean): Promise<boolean | null>;
  totals(): Promise<{ readonly blobs: number; readonly bytes: number }>;
}

/** What garbage collection asks besides; reads only. */
export interface CollectionRecords {
  /** What a run would do, with nothing else going on meanwhile. */
  survey(options: SurveyOptions): Promise<Survey>;
  /** Manifests that nothing has had as tag, child or subject since then, of which nobody says that they run; by repository and digest. */
  untagged(before: number, page: Page): Promise<readonly UntaggedManifest[]>;
  /** Whether a tag means it, or a manifest, a deleted one included, has it as child. */
  isReferenced(repositoryId: string, digest: Digest): Promise<boolean>;
  /** All uploads, by id. */
  uploads(page: Page): Promise<readonly UploadSummary[]>;
}

export interface SurveyOptions {
  /** Of trash. */
  readonly deletedBefore: number;
  /** Of blobs, and of their links. */
  readonly unneededBefore: number;
  /** Of uploads. */
  readonly updatedBefore: number;
  /** Of manifests that nothing refers to; null for none. */
  readonly untaggedBefore: number | null;
}

export interface Survey {
  /** Manifests that nothing refers to, to be deleted. */
  readonly untagged: number;
  /** Deleted manifests to be removed for good. */
  readonly manifests: number;
  readonly manifestBytes: number;
  /** Untagged referrers of these, to be deleted. */
  readonly orphans: number;
  /** Blobs that a repository need not hold any more. */
  readonly links: number;
  /** Blobs that no repository holds then. */
  readonly blobs: number;
  readonly blobBytes: number;
  readonly uploads: number;
  readonly uploadBytes: number;
}

export interface UntaggedManifest {
  /** For `after` of the page that follows. */
  readonly cursor: string;
  readonly repository: Repository;
  readonly digest: Digest;
  readonly size: number;
}

export interface Upload {
  readonly id: string;
  readonly repository: Repository;
  /** As `ownerOf` says. */
  readonly owner: string;
  readonly algorithm: DigestAlgorithm;
  readonly state: UploadState;
  /** Raised by every change. */
  readonly version: number;
  readonly updatedAt: number;
}

export type UploadSummary = Pick<Upload, 'id' | 'state' | 'updatedAt'>;

export interface UploadRecords {
  create(upload: Omit<Upload, 'version'>): Promise<void>;
  find(id: string): Promise<Upload | null>;
  /** False when somebody else changed it since: nothing changes then. */
  update(id: string, version: number, state: UploadState, now: number): Promise<boolean>;
  /** False when somebody else changed or removed it. */
  remove(id: string, version: number): Promise<boolean>;
  expired(updatedBefore: number, limit: number): Promise<readonly Upload[]>;
}

export interface Account {
  readonly id: string;
  readonly kind: 'user' | 'robot';
  /** `alice`; robots `robot$team+ci`. */
  readonly name: string;
  readonly projectId: string | null;
  /** Of a user argon2id as a PHC string, of a robot the SHA-256 of its secret. Never the secret. */
  readonly secret: string;
  readonly environment: string | null;
  readonly expiresAt: number | null;
  readonly disabledAt: number | null;
  /** Tokens from before this are worth nothing. */
  readonly tokensFrom: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly grants: readonly Grant[];
}

export interface AccountRecords {
  /** Within a transaction nobody else changes it until that ends. */
  find(name: string): Promise<Account | null>;
  list(kind: Account['kind'], page: Page): Promise<readonly Account[]>;
  /** False when the name is taken. */
  create(account: Account): Promise<boolean>;
  /** Writes all of it but id, kind and name. False when there is none. */
  update(account: Account): Promise<boolean>;
  remove(name: string): Promise<boolean>;
  count(): Promise<number>;
  /** The keys of a purpose, newest first. */
  keys(purpose: string): Promise<readonly ServerKey[]>;
  addKey(purpose: string, key: ServerKey): Promise<void>;
}

export interface ServerKey {
  readonly id: string;
  /** Base64url. */
  readonly secret: string;
  readonly createdAt: number;
}

export interface EventRecords {
  append(event: PlatformEvent): Promise<void>;
  /** What a consumer has not seen, in the order in which it became visible. */
  after(
    cursor: string | null,
    limit: number,
  ): Promise<readonly { readonly cursor: string; readonly event: PlatformEvent }[]>;
  cursor(consumer: string): Promise<string | null>;
  setCursor(consumer: string, cursor: string, now: number): Promise<void>;
}

export interface VerdictRecord {
  /** UUIDv7: later ones sort after. */
  readonly id: string;
  readonly repository: Repository;
  readonly digest: Digest;
  readonly environment: string;
  readonly outcome: string;
  readonly validUntil: number | null;
  readonly decidedAt: number;
  /** The record in canonical JSON. */
  readonly content: string;
}

export interface VerdictRecords {
  append(verdict: VerdictRecord): Promise<void>;
  /** Newest first; those older than the one of the id `before`, where one is given. */
  history(
    repositoryId: string,
    digest: Digest,
    environment: string,
    limit: number,
    before?: string | null,
  ): Promise<readonly VerdictRecord[]>;
}

export interface JobRecords {
  enqueue(job: JobRequest, now: number): Promise<void>;
}

/** All records, of one transaction or of none. */
export interface Records {
  readonly repositories: RepositoryRecords;
  readonly manifests: ManifestRecords;
  readonly trash: TrashRecords;
  readonly tags: TagRecords;
  readonly blobs: BlobRecords;
  readonly upkeep: BlobUpkeep;
  readonly collection: CollectionRecords;
  readonly uploads: UploadRecords;
  readonly accounts: AccountRecords;
  readonly events: EventRecords;
  readonly documents: DocumentRecords;
  readonly verdicts: VerdictRecords;
  readonly inventories: InventoryRecords;
  readonly acquisitions: AcquisitionRecords;
  readonly judgements: JudgementRecords;
  readonly findings: FindingRecords;
  readonly catalog: CatalogRecords;
  readonly retention: RetentionRecords;
  readonly idempotency: IdempotencyRecords;
  readonly jobs: JobRecords;
}
