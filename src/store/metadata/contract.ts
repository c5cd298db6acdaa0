import { accountsContract } from './contract/accounts.ts';
import { acquisitionsContract } from './contract/acquisitions.ts';
import { blobsContract } from './contract/blobs.ts';
import { catalogContract } from './contract/catalog.ts';
import { catalogSearchContract } from './contract/catalog-search.ts';
import type { MetadataContractDriver } from './contract/database.ts';
import { documentsContract } from './contract/documents.ts';
import { eventsContract } from './contract/events.ts';
import { findingsContract } from './contract/findings.ts';
import { governorsContract } from './contract/governors.ts';
import { idempotencyContract } from './contract/idempotency.ts';
import { inventoriesContract } from './contract/inventories.ts';
import { judgementsContract } from './contract/judgements.ts';
import { manifestsContract } from './contract/manifests.ts';
import { repositoriesContract } from './contract/repositories.ts';
import { tagsContract } from './contract/tags.ts';
import { transactionsContract } from './contract/transactions.ts';
import { trashContract } from './contract/trash.ts';
import { upkeepContract } from './contract/upkeep.ts';
import { uploadsContract } from './contract/uploads.ts';
import { verdictsContract } from './contract/verdicts.ts';

/** What every driver of the metadata store does. Nothing of it depends on who of two is faster. */
export function metadataContract(driver: MetadataContractDriver): void {
  repositoriesContract(driver);
  manifestsContract(driver);
  governorsContract(driver);
  trashContract(driver);
  tagsContract(driver);
  blobsContract(driver);
  upkeepContract(driver);
  uploadsContract(driver);
  transactionsContract(driver);
  verdictsContract(driver);
  inventoriesContract(driver);
  eventsContract(driver);
  documentsContract(driver);
  accountsContract(driver);
  acquisitionsContract(driver);
  judgementsContract(driver);
  findingsContract(driver);
  catalogContract(driver);
  catalogSearchContract(driver);
  idempotencyContract(driver);
}
