import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from './failure.ts';
import { beginImmediate } from './lock.ts';
import type { SqliteFailure, WriterRequest, WriterSettings } from './protocol.ts';
import { type StatementResult, Statements } from './statements.ts';

/** The program of the thread that writes: what makes a transaction durable blocks this thread and no other. */
const { path, patienceMs } = workerData as WriterSettings;
const NOTHING: StatementResult = { rows: [], changes: 0 };

const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: patienceMs });
database.exec('PRAGMA synchronous = FULL');
database.exec('PRAGMA temp_store = MEMORY');
// Of a write-ahead log that once was large, so much is kept on disk.
database.exec('PRAGMA journal_size_limit = 67108864');
const statements = new Statements(database);

parentPort?.on('message', (request: WriterRequest) => {
  const { id } = request;
  try {
    parentPort?.postMessage({ id, result: perform(request) });
  } catch (error) {
    parentPort?.postMessage({ id, failure: failureOf(error) satisfies SqliteFailure });
  }
  if (request.kind === 'close') {
    parentPort?.close();
  }
});

function perform(request: WriterRequest): StatementResult {
  switch (request.kind) {
    case 'begin':
      beginImmediate(database, patienceMs);
      return NOTHING;
    case 'commit':
      database.exec('COMMIT');
      return NOTHING;
    case 'rollback':
      rollback();
      return NOTHING;
    case 'probe':
      return NOTHING;
    case 'close':
      database.close();
      return NOTHING;
    case 'execute':
      return request.isAlone ? alone(request) : statements.execute(request.sql, request.parameters);
  }
}

function alone({ sql, parameters, isHasty }: WriterRequest & { readonly kind: 'execute' }): StatementResult {
  if (isHasty) {
    // In the log and seen by all, and on the disk with the next transaction that waits for it (sqlite.org/pragma.html#pragma_synchronous).
    database.exec('PRAGMA synchronous = NORMAL');
  }
  try {
    beginImmediate(database, patienceMs);
    const result = statements.execute(sql, parameters);
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollback();
    throw error;
  } finally {
    if (isHasty) {
      database.exec('PRAGMA synchronous = FULL');
    }
  }
}

/** Some errors, a full disk among them, have rolled back already. */
function rollback(): void {
  if (database.isTransaction) {
    database.exec('ROLLBACK');
  }
}
