import { after, before, describe } from 'node:test';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { MetadataReader } from '../store.ts';

/** What a driver brings to the contract. */
export interface MetadataContractDriver {
  readonly name: string;
  readonly skip: string | false;
  /** A new, empty database. */
  create(): Promise<ContractDatabase>;
}

export interface ContractDatabase {
  /** Opens it as another process would. */
  open(): Promise<MetadataStore>;
  openReader(): Promise<MetadataReader>;
  /** Runs SQL behind the store's back, and returns its rows. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Arguments of `test/fixtures/metadata-process.ts` which make it open the same. */
  readonly childArguments: readonly string[];
  remove(): Promise<void>;
}

/** The database of one group of tests, opened twice as by two processes. */
export interface ContractStores {
  readonly database: ContractDatabase;
  readonly store: MetadataStore;
  readonly other: MetadataStore;
}

/** Tests that share a database; each works in repositories of its own. */
export function group(driver: MetadataContractDriver, name: string, tests: (stores: ContractStores) => void): void {
  describe(`${name} on ${driver.name}`, { skip: driver.skip }, () => {
    let database: ContractDatabase | null = null;
    let store: MetadataStore | null = null;
    let other: MetadataStore | null = null;
    before(async () => {
      database = await driver.create();
      store = await database.open();
      other = await database.open();
    });
    after(async () => {
      await store?.close();
      await other?.close();
      await database?.remove();
    });
    tests({
      get database() {
        return there(database);
      },
      get store() {
        return there(store);
      },
      get other() {
        return there(other);
      },
    });
  });
}

function there<Value>(value: Value | null): Value {
  if (value === null) {
    throw new Error('only within a test');
  }
  return value;
}
