import type { Generated } from 'kysely';
import type { JobTables } from '#store/jobs/index.ts';

/** The tables of `sql/`, the same in both dialects. Times are milliseconds UTC, JSON is text. */
export interface Tables extends JobTables {
  readonly projects: ProjectRow;
  readonly repositories: RepositoryRow;
  readonly blobs: BlobRow;
  readonly repository_blobs: RepositoryBlobRow;
  readonly manifests: ManifestRow;
  readonly manifest_references: ManifestReferenceRow;
  readonly tags: TagRow;
  readonly approvals: ApprovalRow;
  readonly uploads: UploadRow;
  readonly accounts: AccountRow;
  readonly grants: GrantRow;
  readonly server_keys: ServerKeyRow;
  readonly documents: DocumentRow;
  readonly verdicts: VerdictRow;
  readonly package_versions: PackageVersionRow;
  readonly inventories: InventoryRow;
  readonly postings: PostingRow;
  readonly image_inventories: ImageInventoryRow;
  readonly events: EventRow;
  readonly event_cursors: EventCursorRow;
  readonly acquisitions: AcquisitionRow;
  readonly upstream_looks: UpstreamLookRow;
  readonly inventory_contents: InventoryContentRow;
  readonly images: ImageRow;
  readonly judgements: JudgementRow;
  readonly due_images: DueImageRow;
  readonly package_findings: PackageFindingRow;
  readonly finding_names: FindingNameRow;
  readonly repository_details: RepositoryDetailsRow;
  readonly image_uses: ImageUseRow;
  readonly past_refusals: PastRefusalRow;
  readonly releases: ReleaseRow;
  readonly idempotency_keys: IdempotencyKeyRow;
}

export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
}

export interface RepositoryRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly created_at: number;
}

export interface BlobRow {
  readonly digest: string;
  readonly size: number;
  readonly storage_key: string;
  readonly created_at: number;
  readonly verified_at: number;
  readonly damaged_at: number | null;
}

export interface RepositoryBlobRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly uploaded_by: string;
  readonly linked_at: number;
}

export interface ManifestRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly media_type: string;
  readonly artifact_type: string | null;
  readonly size: number;
  readonly subject: string | null;
  readonly governor: string;
  readonly annotations: string;
  readonly pushed_by: string;
  readonly pushed_at: number;
  readonly lifecycle: 'quarantined' | 'approved' | 'deprecated' | 'revoked' | 'expired';
  readonly lifecycle_reason: string;
  readonly lifecycle_at: number;
  readonly lifecycle_by: string;
  readonly deleted_at: number | null;
  readonly deleted_by: string | null;
  readonly deleted_tags: string | null;
  /** Last, so that what is asked without it need not pass over it. */
  readonly content: Uint8Array;
}

export interface ManifestReferenceRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly manifest: string;
  readonly kind: 'config' | 'layer' | 'child';
  readonly digest: string;
  readonly blob: string | null;
  readonly platform: string | null;
}

export interface TagRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly name: string;
  readonly digest: string;
  readonly updated_at: number;
  readonly updated_by: string;
}

export interface ApprovalRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly environment: string;
  readonly decision: 'approved' | 'refused';
  readonly reason: string;
  readonly verdict: string | null;
  readonly valid_until: number | null;
  readonly decided_at: number;
  readonly decided_by: string;
}

export interface UploadRow {
  readonly id: string;
  readonly project_id: string;
  readonly repository_id: string;
  readonly owner: string;
  readonly algorithm: string;
  readonly state: string;
  readonly size: number;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface AccountRow {
  readonly id: string;
  readonly kind: 'user' | 'robot';
  readonly name: string;
  readonly project_id: string | null;
  readonly secret: string;
  readonly environment: string | null;
  readonly expires_at: number | null;
  readonly disabled_at: number | null;
  readonly tokens_from: number;
  readonly created_at: number;
  readonly created_by: string;
}

export interface GrantRow {
  readonly account_id: string;
  readonly project_id: string | null;
  readonly role: string;
  readonly scope: string;
  readonly environment: string;
}

export interface ServerKeyRow {
  readonly id: string;
  readonly purpose: string;
  readonly secret: string;
  readonly created_at: number;
}

export interface DocumentRow {
  readonly project_id: string;
  readonly kind: string;
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly content: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly is_removed: number;
}

export interface VerdictRow {
  readonly id: string;
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly environment: string;
  readonly outcome: string;
  readonly valid_until: number | null;
  readonly decided_at: number;
  readonly content: string;
}

export interface PackageVersionRow {
  readonly id: Generated<number>;
  readonly purl: string;
}

export interface InventoryRow {
  readonly id: Generated<number>;
  readonly layer_set: string;
  readonly packages: Uint8Array;
  readonly package_count: number;
  readonly unknowns: string;
  readonly analysed_at: number;
}

export interface PostingRow {
  readonly package_version_id: number;
  readonly inventory_id: number;
}

export interface ImageInventoryRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly inventory_id: number | null;
  readonly unknowns: string;
  readonly analysed_at: number;
}

export interface EventRow {
  readonly sequence: Generated<number>;
  readonly id: string;
  readonly project_id: string | null;
  readonly type: string;
  readonly subject: string;
  readonly actor: string;
  readonly time: number;
  readonly data: string;
}

export interface EventCursorRow {
  readonly consumer: string;
  readonly cursor: string;
  readonly updated_at: number;
}

export interface AcquisitionRow {
  readonly id: string;
  readonly project_id: string;
  readonly repository_id: string;
  readonly source: string;
  readonly upstream: string;
  readonly reference: string;
  readonly digest: string | null;
  readonly state: 'waiting' | 'copying' | 'judging' | 'promoted' | 'held' | 'refused' | 'failed';
  readonly reason: string;
  readonly progress: string;
  readonly requested_by: string;
  readonly requested_at: number;
  readonly updated_at: number;
  readonly finished_at: number | null;
  readonly version: number;
}

export interface ReleaseRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly released_at: number;
}

export interface PastRefusalRow {
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly environment: string;
  readonly decision: 'quarantined' | 'revoked' | 'expired' | 'refused';
  readonly reason: string;
  readonly decided_at: number;
  readonly decided_by: string;
}

export interface UpstreamLookRow {
  readonly about: string;
  readonly looked_at: number;
}

export interface InventoryContentRow {
  readonly inventory_id: number;
  readonly content: Uint8Array;
}

export interface ImageRow {
  readonly id: Generated<number>;
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly repository_name: string;
  readonly lifecycle: ManifestRow['lifecycle'];
  readonly is_deleted: number;
  readonly inventory_id: number | null;
  readonly package_count: number | null;
  readonly unknown_count: number;
  readonly platform: string | null;
  readonly created_at: number;
  readonly base: string | null;
  readonly severities: number;
  readonly badness: number;
  readonly score: number | null;
  readonly used_at: number | null;
  readonly counts: string | null;
}

export interface JudgementRow {
  readonly project_id: string;
  readonly image_id: number;
  readonly environment: string;
  readonly outcome: 'admitted' | 'warned' | 'refused' | 'unknown';
  readonly reason: string;
  readonly verdict: string;
  readonly valid_until: number | null;
  readonly judged_at: number;
}

export interface DueImageRow {
  readonly image_id: number;
  readonly project_id: string;
  readonly priority: number;
  readonly since: number;
  readonly cause: string;
  readonly leased_until: number | null;
  readonly lease: string | null;
}

export interface PackageFindingRow {
  readonly package_version_id: number;
  readonly id: string;
  readonly aliases: string;
  readonly severity: string;
  readonly fixed_in: string | null;
  readonly found_at: number;
}

export interface FindingNameRow {
  readonly name: string;
  readonly package_version_id: number;
  readonly id: string;
}

export interface RepositoryDetailsRow {
  readonly repository_id: string;
  readonly project_id: string;
  readonly owner: string | null;
  readonly description: string;
  readonly labels: string;
  readonly immutable_tags: string;
  readonly updated_at: number;
  readonly updated_by: string;
}

export interface ImageUseRow {
  readonly place: string;
  readonly project_id: string;
  readonly repository_id: string;
  readonly digest: string;
  readonly environment: string;
  readonly seen_at: number;
}

export interface IdempotencyKeyRow {
  readonly account: string;
  readonly key: string;
  readonly request: string;
  readonly status: number | null;
  readonly body: string | null;
  readonly expires_at: number;
}
