import type { Jobs } from './job.ts';
import type { Records } from './records.ts';

/** Where records are: SQLite or PostgreSQL. The only truth; a blob that it does not know is garbage. */
export interface MetadataStore {
  /** Each call by itself; for reading, and for what is one statement anyway. */
  readonly records: Records;
  readonly jobs: Jobs;
  /**
   * All or nothing, durable when it resolves. What `work` throws undoes everything and is thrown again. `work` may run more than once, and must
   * not wait for anything but its records.
   */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>;
  /** Whether it answers right now; throws what is wrong. */
  probe(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
