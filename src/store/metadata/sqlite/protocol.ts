import type { SQLInputValue } from 'node:sqlite';
import type { StatementResult } from './statements.ts';

/** What the thread that writes is asked for, one after the other. */
export type WriterRequest =
  | { readonly id: number; readonly kind: 'begin' | 'commit' | 'rollback' | 'probe' | 'close' }
  /** In the transaction that is open; alone in one of its own when `isAlone`. */
  | {
      readonly id: number;
      readonly kind: 'execute';
      readonly sql: string;
      readonly parameters: readonly SQLInputValue[];
      readonly isAlone: boolean;
      /** Of one alone: it may be lost when the machine loses its power. */
      readonly isHasty: boolean;
    };

export type WriterAnswer =
  | { readonly id: number; readonly result: StatementResult }
  | { readonly id: number; readonly failure: SqliteFailure };

/** An error of SQLite as it crosses threads. */
export interface SqliteFailure {
  readonly message: string;
  /** SQLite's extended result code; null for what SQLite did not say. */
  readonly code: number | null;
}

/** What the thread is started with. */
export interface WriterSettings {
  readonly path: string;
  /** Milliseconds that other processes may keep the lock. */
  readonly patienceMs: number;
}
