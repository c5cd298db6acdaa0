import type { Kysely } from 'kysely';
import type { JobRecords, Records } from '#model/platform/records.ts';
import { accountRecords } from './records/accounts.ts';
import { acquisitionRecords } from './records/acquisitions.ts';
import { blobRecords } from './records/blobs.ts';
import { catalogRecords } from './records/catalog.ts';
import { collectionRecords } from './records/collection.ts';
import type { Dialect } from './records/dialect.ts';
import { documentRecords } from './records/documents.ts';
import { eventRecords } from './records/events.ts';
import { findingRecords } from './records/findings.ts';
import { idempotencyRecords } from './records/idempotency.ts';
import { inventoryRecords } from './records/inventories.ts';
import { judgementRecords } from './records/judgements.ts';
import { manifestRecords } from './records/manifests.ts';
import { repositoryRecords } from './records/repositories.ts';
import { retentionRecords } from './records/retention.ts';
import { tagRecords } from './records/tags.ts';
import { trashRecords } from './records/trash.ts';
import { upkeepRecords } from './records/upkeep.ts';
import { uploadRecords } from './records/uploads.ts';
import { verdictRecords } from './records/verdicts.ts';
import type { Tables } from './tables.ts';

export interface RecordsContext {
  readonly dialect: Dialect;
  /** A new id for something that is made at this time. */
  readonly newId: (now: number) => string;
  /** Jobs of the same transaction. */
  readonly jobs: (db: Kysely<Tables>) => JobRecords;
}

/** All records over one connection: of a transaction, or of none. */
export function recordsOf(db: Kysely<Tables>, { dialect, newId, jobs }: RecordsContext): Records {
  return {
    repositories: repositoryRecords(db, newId),
    manifests: manifestRecords(db, dialect),
    trash: trashRecords(db),
    tags: tagRecords(db),
    blobs: blobRecords(db, dialect),
    upkeep: upkeepRecords(db, dialect),
    collection: collectionRecords(db),
    uploads: uploadRecords(db),
    accounts: accountRecords(db),
    events: eventRecords(db, dialect),
    documents: documentRecords(db, newId),
    verdicts: verdictRecords(db),
    inventories: inventoryRecords(db, dialect),
    acquisitions: acquisitionRecords(db, dialect),
    judgements: judgementRecords(db, dialect, newId),
    findings: findingRecords(db, dialect),
    catalog: catalogRecords(db, dialect),
    retention: retentionRecords(db),
    idempotency: idempotencyRecords(db),
    jobs: jobs(db),
  };
}
