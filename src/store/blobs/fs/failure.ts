import { constants } from 'node:os';
import { messageOf } from '#base/error.ts';
import { BlobError } from '../error.ts';

const FULL: readonly string[] = ['ENOSPC', 'EFBIG'];
const REFUSED: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];

/** Does something to files below the root; what the system refuses becomes an error of ours. */
export async function onDisk<Result>(root: string, what: () => Promise<Result>): Promise<Result> {
  try {
    return await what();
  } catch (error) {
    throw diskError(root, error);
  }
}

/** As `onDisk`; null when there is nothing of that name. */
export async function ifThere<Result>(root: string, what: () => Promise<Result>): Promise<Result | null> {
  try {
    return await what();
  } catch (error) {
    // A link in the place of a file is none of ours: ELOOP is what O_NOFOLLOW says of it.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) {
      return null;
    }
    throw diskError(root, error);
  }
}

function diskError(root: string, error: unknown): unknown {
  if (error instanceof BlobError || !(error instanceof Error) || !('syscall' in error)) {
    return error;
  }
  const detail = { object: `blobs in ${root}`, found: messageOf(error), cause: error };
  if (hasCode(error, ...FULL) || isOverQuota(error)) {
    return new BlobError('BLOB_STORE_FULL', 'no room left', {
      ...detail,
      hint: 'Free space on the disk, or collect garbage: what was being written is removed already.',
    });
  }
  if (hasCode(error, ...REFUSED)) {
    return new BlobError('BLOB_STORE_REFUSED', 'no access', {
      ...detail,
      hint: 'The user that runs the server needs to read and write this folder.',
    });
  }
  return new BlobError('BLOB_STORE_UNAVAILABLE', 'the disk does not do what it is told', detail);
}

/** Node has no name for it. */
function isOverQuota(error: Error): boolean {
  return 'errno' in error && error.errno === -constants.errno.EDQUOT;
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
