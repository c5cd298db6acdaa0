import { AppError } from '#base/error.ts';

export type ShardCode =
  /** The file is not an advisory shard, is cut off, or its content contradicts itself. */
  | 'SHARD_DAMAGED'
  /** A shard that another machine built has tables that none has, or says of itself something else than its artifact. */
  | 'SHARD_REFUSED'
  /** The shard has a format that this version does not read. */
  | 'SHARD_FORMAT_UNKNOWN'
  /** Another process put another revision in place while changes were fetched for the one before. */
  | 'SHARD_CHANGED';

export class ShardError extends AppError<ShardCode> {}

export function damaged(path: string, found: string, cause?: unknown): ShardError {
  return new ShardError('SHARD_DAMAGED', 'damaged advisory shard', {
    object: path,
    expected: 'a complete SQLite file that was written here',
    found,
    hint: 'Run `plimsoll advisories update` to fetch it again.',
    cause,
  });
}
