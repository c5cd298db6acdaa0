import { DatabaseError } from 'pg';
import { isAppError, messageOf } from '#base/error.ts';
import { MetadataError } from '../error.ts';

/** What PostgreSQL or the way to it said, in our words where the user can do something about it; otherwise as it is. `object` names the database. */
export function toError(error: unknown, object: string): unknown {
  if (isAppError(error)) {
    return error;
  }
  if (error instanceof DatabaseError) {
    return ofDatabase(error, object);
  }
  return isLost(error) ? unavailable('the database does not answer', object, error, CHECK_SERVER) : error;
}

/** Whether the connection is of no use any more. */
export function isLost(error: unknown): boolean {
  if (error instanceof DatabaseError) {
    return error.severity === 'FATAL' || error.severity === 'PANIC' || (error.code ?? '').startsWith('57P');
  }
  return error instanceof Error && (SYSTEM_ERRORS.has(codeOf(error)) || CLIENT_ERRORS.test(error.message));
}

const CHECK_SERVER = 'Check that PostgreSQL runs and can be reached, and the settings of the metadata store.';

const SYSTEM_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'EACCES',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** `pg` has no codes for these. */
const CLIENT_ERRORS =
  /^(?:Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after)/;

/** By SQLSTATE, or its class (postgresql.org/docs/current/errcodes-appendix.html). */
const PROBLEMS: Readonly<Record<string, readonly [MetadataError['code'], string, string]>> = {
  '08': ['METADATA_UNAVAILABLE', 'the connection to the database is lost', CHECK_SERVER],
  '25006': ['METADATA_READ_ONLY', 'the database is open for reading', 'Connect to the primary server.'],
  '28': ['METADATA_UNAVAILABLE', 'the database refuses us', 'Check user and password of the metadata store.'],
  '3D000': ['METADATA_UNAVAILABLE', 'there is no such database', 'Create the database.'],
  '53': ['METADATA_UNAVAILABLE', 'the database is out of resources', 'Look into the log of PostgreSQL.'],
  '53100': ['METADATA_FULL', 'no room for the database', 'Make room on the disk of PostgreSQL.'],
  '55P03': ['METADATA_UNAVAILABLE', 'the database is busy', 'Look for long transactions.'],
  '57014': ['METADATA_UNAVAILABLE', 'the database took too long', 'Look for what keeps it busy.'],
  '57P': ['METADATA_UNAVAILABLE', 'the database is stopping or starting', CHECK_SERVER],
  '58': ['METADATA_UNAVAILABLE', 'the disk of the database fails', 'Look into the log of PostgreSQL.'],
  XX001: ['METADATA_DAMAGED', 'damaged database', 'Restore it from a backup.'],
  XX002: ['METADATA_DAMAGED', 'damaged database', 'Restore it from a backup.'],
};

function ofDatabase(error: DatabaseError, object: string): Error {
  const code = error.code ?? '';
  const problem = PROBLEMS[code] ?? PROBLEMS[code.slice(0, 3)] ?? PROBLEMS[code.slice(0, 2)];
  if (problem === undefined) {
    return error;
  }
  const [metadataCode, text, hint] = problem;
  return new MetadataError(metadataCode, text, { object, found: messageOf(error), hint, cause: error });
}

function unavailable(problem: string, object: string, cause: unknown, hint: string): MetadataError {
  return new MetadataError('METADATA_UNAVAILABLE', problem, { object, found: foundOf(cause), hint, cause });
}

/** Of several addresses that were tried, Node says nothing but a code. */
function foundOf(error: unknown): string {
  const message = messageOf(error);
  return message === '' && error instanceof Error ? codeOf(error) : message;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
