import type { Tables } from '../tables.ts';

/** A table in a dump: rows in this order, columns that belong to one database alone left out. */
export interface DumpedTable {
  readonly name: keyof Tables;
  readonly order: readonly string[];
  readonly omitted?: readonly string[];
  /** Rows that are fetched at once; 500 when not said. */
  readonly atOnce?: number;
  /** The column whose values PostgreSQL gives out itself, where others refer to them. */
  readonly identity?: string;
}

/** Whom a row refers to comes first. */
export const DUMPED_TABLES: readonly DumpedTable[] = [
  { name: 'projects', order: ['id'] },
  { name: 'repositories', order: ['id'] },
  { name: 'blobs', order: ['digest'] },
  { name: 'repository_blobs', order: ['repository_id', 'digest'] },
  { name: 'manifests', order: ['repository_id', 'digest'] },
  { name: 'manifest_references', order: ['repository_id', 'manifest', 'kind', 'digest'] },
  { name: 'tags', order: ['repository_id', 'name'] },
  { name: 'approvals', order: ['repository_id', 'digest', 'environment'] },
  { name: 'past_refusals', order: ['repository_id', 'digest', 'environment'] },
  { name: 'releases', order: ['repository_id', 'digest'] },
  { name: 'accounts', order: ['id'] },
  { name: 'grants', order: ['account_id', 'role', 'scope', 'environment'] },
  { name: 'server_keys', order: ['id'] },
  { name: 'documents', order: ['project_id', 'kind', 'name', 'revision'] },
  { name: 'verdicts', order: ['id'] },
  { name: 'package_versions', order: ['id'], identity: 'id' },
  { name: 'inventories', order: ['id'], identity: 'id' },
  { name: 'postings', order: ['package_version_id', 'inventory_id'] },
  { name: 'image_inventories', order: ['repository_id', 'digest'] },
  { name: 'inventory_contents', order: ['inventory_id'], atOnce: 2 },
  { name: 'images', order: ['id'], identity: 'id' },
  { name: 'judgements', order: ['image_id', 'environment'] },
  { name: 'due_images', order: ['image_id'] },
  { name: 'package_findings', order: ['package_version_id', 'id'] },
  { name: 'finding_names', order: ['name', 'package_version_id', 'id'] },
  { name: 'repository_details', order: ['repository_id'] },
  { name: 'image_uses', order: ['place', 'repository_id', 'digest', 'environment'] },
  { name: 'acquisitions', order: ['id'] },
  { name: 'events', order: ['sequence'], omitted: ['sequence', 'transaction_id'] },
];

/** Work under way: uploads and jobs begin anew, consumers of events as well, which see no event as new that they did; upstream is looked at again. */
export const TABLES_LEFT_OUT: readonly string[] = [
  'uploads',
  'jobs',
  'schedules',
  'event_cursors',
  'migrations',
  'upstream_looks',
  'idempotency_keys',
];

export type DumpValue = string | number | null | Uint8Array;

export interface DumpedRow {
  readonly table: keyof Tables;
  readonly row: Readonly<Record<string, DumpValue>>;
}
