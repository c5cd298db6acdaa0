import type { DatabaseSync } from 'node:sqlite';

/** Milliseconds between two tries: SQLite's own waiting grows to 100, and whoever writes without pause would win every time. */
const PAUSE_MS = 2;
const SQLITE_BUSY = 5;

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Begins a transaction with the lock of the one writer, or throws SQLite's own error after `patienceMs`. Blocks its thread. */
export function beginImmediate(database: DatabaseSync, patienceMs: number): void {
  for (let left = patienceMs; ; left -= PAUSE_MS) {
    try {
      database.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (left <= 0 || !isBusy(error)) {
        throw error;
      }
      Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  }
}

/** Whether another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}
