import type { AppError } from '#base/error.ts';
import { AppError as Base, isAppError, messageOf } from '#base/error.ts';
import type { Io } from './io.ts';
import { visible } from './render/text.ts';

export type CliCode =
  /** The command line is wrong: an unknown command or option, a value that does not fit. */
  | 'USAGE'
  /** A report could not be written to the file that `--output` names. */
  | 'OUTPUT_UNWRITABLE'
  /** No advisory that was fetched has that id or alias. */
  | 'ADVISORY_NOT_FOUND'
  /** No exception that the format can say. */
  | 'NOTHING_TO_EXPORT'
  /** The file in which credentials for servers are kept cannot be used. */
  | 'CREDENTIAL_STORE_UNUSABLE'
  /** The server said no: who asks may not do this, or is not known. */
  | 'SERVER_REFUSED'
  /** What was asked of the server may be done, or not: it did not say before the time was over. */
  | 'SERVER_OUTCOME_UNKNOWN'
  /** The server answered with something else than its API describes. */
  | 'SERVER_ANSWER_INVALID'
  /** The run took longer than `--timeout`. */
  | 'TIMED_OUT';

export class Failure extends Base<CliCode> {}

/** A server said no. */
export class ServerRefusal extends Failure {
  /** The code of its own; null where it said none. */
  readonly serverCode: string | null;

  constructor(serverCode: string | null, problem: string, details: ConstructorParameters<typeof Failure>[2]) {
    super('SERVER_REFUSED', problem, details);
    this.serverCode = serverCode;
  }
}

/** Codes of servers that say what was decided about the image at hand. */
const DECIDED_CODES: ReadonlySet<string> = new Set(['ACQUIRE_DECIDED_BEFORE']);

/** Codes that mean the user wrote something wrong, wherever below the command line it was noticed. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'USAGE',
  'REFERENCE_INVALID',
  'PLATFORM_INVALID',
  'ADVISORY_ECOSYSTEM_INVALID',
  'ENVIRONMENT_UNKNOWN',
  'RULE_UNKNOWN',
  'TRUST_FLAGS_INVALID',
  'KEY_PASSPHRASE_MISSING',
  'KEY_REFERENCE_INVALID',
  'KEY_REFERENCE_UNKNOWN',
  'PREDICATE_TYPE_INVALID',
  'RECORD_UNREADABLE',
  'SERVER_CONFIG_INVALID',
  'SERVER_CONFIG_UNREADABLE',
  'SERVER_NOTHING_TO_SERVE',
]);

const UNVERIFIED_HINT = '--allow-unverified REASON reads on, and reports everything that could not be verified.';

/** What the command line offers for errors whose library knows no options. */
const HINTS: ReadonlyMap<string, string> = new Map(
  [
    'BLOB_MISSING',
    'BLOB_DIGEST_MISMATCH',
    'BLOB_SIZE_MISMATCH',
    'LAYER_COUNT_MISMATCH',
    'DIGEST_MISMATCH',
    'DIFF_ID_MISMATCH',
  ].map((code) => [code, UNVERIFIED_HINT]),
);

/**
 * Says what went wrong on standard error and returns the exit code: 2 for wrong usage, 1 where a server had decided against an image before, 3 for
 * everything else. Messages may
 * hold text from an image or feed, so nothing of them reaches the terminal as it is.
 */
export function reportError(error: unknown, io: Io, debug: boolean): number {
  if (io.interrupted() !== null) {
    return 128 + (io.interrupted() ?? 0);
  }
  if (isAppError(error)) {
    io.err(`plimsoll: ${visible(error.message)}\n`);
    const hint = error.hint ?? HINTS.get(error.code);
    if (hint !== undefined) {
      io.err(`  ${visible(hint)}\n`);
    }
    if (debug) {
      io.err(`${stackOf(error)}\n`);
    }
    return exitCodeOf(error);
  }
  io.err(`plimsoll: ${visible(systemMessage(error))}\n`);
  if (debug) {
    io.err(`${stackOf(error)}\n`);
  } else {
    io.err('  --debug shows where.\n');
  }
  return 3;
}

function exitCodeOf(error: AppError): number {
  if (error instanceof ServerRefusal && DECIDED_CODES.has(error.serverCode ?? '')) {
    return 1;
  }
  return USAGE_CODES.has(error.code) ? 2 : 3;
}

/** What the system says of files, in the words of other errors. */
const SYSTEM_PROBLEMS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EISDIR', 'expected a file, found a folder'],
  ['ENOTDIR', 'expected a folder, found a file'],
  ['EEXIST', 'there is one of that name already'],
  ['EACCES', 'not allowed to this user'],
  ['EPERM', 'not allowed to this user'],
  ['EROFS', 'expected a disk that may be written to, found one that may only be read'],
  ['ENOSPC', 'no space is left on the disk'],
  ['ELOOP', 'links that lead to each other'],
  ['ENAMETOOLONG', 'a name that is too long for this system'],
]);

/** A problem with a file that the system names; what else it says is clear enough, and anything else is a fault of ours and says so. */
function systemMessage(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) {
    return `internal error: ${messageOf(error)}`;
  }
  const problem = SYSTEM_PROBLEMS.get(error.code);
  const path = 'path' in error && typeof error.path === 'string' ? error.path : null;
  return problem === undefined || path === null ? messageOf(error) : `${path}: ${problem}`;
}

function stackOf(error: unknown): string {
  const lines: string[] = [];
  let at: unknown = error;
  while (at instanceof Error && lines.length < 10) {
    lines.push(at.stack ?? at.message);
    at = at.cause;
  }
  return lines
    .join('\ncaused by: ')
    .split('\n')
    .map((line) => (line.startsWith('    at ') ? `    ${visible(line)}` : visible(line)))
    .join('\n');
}
