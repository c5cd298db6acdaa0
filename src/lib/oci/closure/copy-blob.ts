import { isAppError } from '#base/error.ts';
import type { Intake, IntakeUpload } from '#model/platform/intake.ts';
import { OciError } from '../error.ts';
import { missingBlob } from '../images/blobs.ts';
import type { RepositoryReader } from '../registry/repository.ts';
import { isNotFound } from '../transport/error.ts';
import type { ClosureBlob } from './closure.ts';

/** What blobs are fetched from. */
export interface CopiedFrom extends Pick<RepositoryReader, 'blob'> {
  readonly name: string;
}

export interface BlobCopy {
  readonly repository: string;
  readonly acquisition: string;
  readonly signal: AbortSignal;
  /** Hears how many bytes of the blob have come. */
  readonly moved: (bytes: number) => void;
}

/** Copies one blob, unless it is there. What is there of it is not fetched again, unless it turns out to be of something else. */
export async function copyBlob(upstream: CopiedFrom, intake: Intake, blob: ClosureBlob, copy: BlobCopy): Promise<void> {
  const { repository, acquisition, signal } = copy;
  if (await intake.hold(repository, blob.digest)) {
    return;
  }
  const begin = async (): Promise<IntakeUpload> => await intake.upload(repository, blob, acquisition);
  let upload = await begin();
  if (upload.offset > blob.size) {
    await upload.cancel();
    upload = await begin();
  }
  const resumed = upload.offset > 0;
  const error = await finished(upstream, upload, blob, copy);
  if (error === null) {
    return;
  }
  if (!resumed) {
    throw notItsDigest(upstream, blob, error);
  }
  // What was there before may be what is wrong.
  signal.throwIfAborted();
  copy.moved(0);
  const again = await finished(upstream, await begin(), blob, copy);
  if (again !== null) {
    throw notItsDigest(upstream, blob, again);
  }
}

/** Null when the blob is there; the error when its bytes were others, and all of them are forgotten. */
async function finished(
  upstream: CopiedFrom,
  upload: IntakeUpload,
  blob: ClosureBlob,
  { signal, moved }: BlobCopy,
): Promise<Error | null> {
  const { offset } = upload;
  moved(offset);
  if (offset < blob.size) {
    await upload.append(rest(upstream, blob, offset, signal, moved), signal);
  }
  try {
    await upload.finish(signal);
    return null;
  } catch (error) {
    if (isAppError(error) && error.code === 'UPLOAD_DIGEST_MISMATCH') {
      return error;
    }
    throw error;
  }
}

async function* rest(
  upstream: CopiedFrom,
  blob: ClosureBlob,
  offset: number,
  signal: AbortSignal,
  moved: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let come = offset;
  try {
    for await (const chunk of upstream.blob(blob, signal, offset)) {
      yield chunk;
      // Asked for the next one: this one was taken.
      come += chunk.length;
      moved(come);
    }
  } catch (error) {
    throw isNotFound(error) ? missingBlob(`blob ${blob.digest}`, { object: upstream.name }, error.message) : error;
  }
}

function notItsDigest(upstream: CopiedFrom, { digest, size }: ClosureBlob, cause: Error): OciError {
  return new OciError('BLOB_DIGEST_MISMATCH', `${upstream.name} sent other bytes than the digest says`, {
    object: `blob ${digest}`,
    expected: `${size} bytes of ${digest}`,
    found: cause.message,
    cause,
  });
}
