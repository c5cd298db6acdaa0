import { type Digest, type DigestAlgorithm } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { ownerOf } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import { addedTo, EMPTY_UPLOAD, type UploadState } from '#model/platform/blob-store.ts';
import type { Upload } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { linkBlob } from './link-blob.ts';
import { assertMay } from './permission.ts';
import { RegistryError } from './registry-error.ts';

export interface UploadContext extends CatalogContext {
  /** Of one blob. */
  readonly maxBlobBytes: number;
}

/** An upload, as its owner names it. */
export interface UploadName {
  readonly repository: string;
  readonly id: string;
}

/** Bytes for the end of an upload. */
export interface Chunk {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where they begin, when the client says so. */
  readonly start: number | null;
  /** How many they are, when the client says so. */
  readonly length: number | null;
}

/** Makes an upload, and the repository when it is the first thing in it. Throws what `assertMay` throws. */
export async function startUpload(
  { store, clock, random }: CatalogContext,
  subject: Subject,
  name: string,
  algorithm: DigestAlgorithm,
): Promise<Upload> {
  assertMay(subject, 'push', name);
  const now = clock.now();
  const upload = { id: newId(now, random), owner: ownerOf(subject), algorithm, state: EMPTY_UPLOAD, updatedAt: now };
  const known = await store.records.repositories.find(name);
  if (known !== null) {
    await store.records.uploads.create({ ...upload, repository: known });
    return { ...upload, repository: known, version: 1 };
  }
  const repository = await store.transaction(async (records) => {
    const made = await records.repositories.ensure(name, now);
    await records.uploads.create({ ...upload, repository: made });
    return made;
  });
  return { ...upload, repository, version: 1 };
}

/** Throws `UPLOAD_ABSENT` for one of somebody else as well, and what `assertMay` throws. */
export async function findUpload(
  { store }: Pick<CatalogContext, 'store'>,
  subject: Subject,
  { repository, id }: UploadName,
): Promise<Upload> {
  assertMay(subject, 'push', repository);
  const upload = await store.records.uploads.find(id);
  if (upload === null || upload.owner !== ownerOf(subject) || upload.repository.name !== repository) {
    throw absent(id);
  }
  return upload;
}

/**
 * Adds a chunk, durable when this resolves; of a chunk that breaks off nothing stays. Throws `UPLOAD_OUT_OF_ORDER` when it begins elsewhere, or
 * when somebody else added one meanwhile, `UPLOAD_LENGTH_DIFFERS`, `LIMIT_EXCEEDED` and what `findUpload` throws.
 */
export async function addToUpload(
  context: UploadContext,
  subject: Subject,
  name: UploadName,
  chunk: Chunk,
  signal: AbortSignal,
): Promise<Upload> {
  const upload = await findUpload(context, subject, name);
  const state = await append(context, upload, chunk, { isLast: false, signal });
  if (await context.store.records.uploads.update(upload.id, upload.version, state, context.clock.now())) {
    return { ...upload, state, version: upload.version + 1 };
  }
  await context.blobs.discard(addedTo(upload.state, state));
  throw outOfOrder(await findUpload(context, subject, name), upload.state.size);
}

/**
 * Makes an upload a blob of the repository, after a last chunk if there is one. Throws as `addToUpload`, and `UPLOAD_DIGEST_MISMATCH`: then the upload
 * stays as it was before.
 */
export async function finishUpload(
  context: UploadContext,
  subject: Subject,
  name: UploadName,
  { digest, chunk }: { readonly digest: Digest; readonly chunk: Chunk | null },
  signal: AbortSignal,
): Promise<void> {
  const upload = await findUpload(context, subject, name);
  const state = chunk === null ? upload.state : await append(context, upload, chunk, { isLast: true, signal });
  await keepOrUndo(context, upload.state, state, async () => {
    const blob = await context.blobs.commit(state, digest, signal);
    await linkBlob(context, upload.repository, blob, ownerOf(subject), async (records) => {
      if (!(await records.uploads.remove(upload.id, upload.version))) {
        throw absent(upload.id);
      }
    });
  });
  await context.blobs.discard(state);
}

/** A blob in one request. Throws as `finishUpload`. */
export async function uploadBlob(
  context: UploadContext,
  subject: Subject,
  name: string,
  { digest, algorithm, chunk }: { readonly digest: Digest; readonly algorithm: DigestAlgorithm; readonly chunk: Chunk },
  signal: AbortSignal,
): Promise<void> {
  assertMay(subject, 'push', name);
  const state = await append(context, { state: EMPTY_UPLOAD, algorithm }, chunk, { isLast: true, signal });
  await keepOrUndo(context, EMPTY_UPLOAD, state, async () => {
    const blob = await context.blobs.commit(state, digest, signal);
    await linkBlob(context, name, blob, ownerOf(subject));
  });
  await context.blobs.discard(state);
}

/** Gives an upload up. Throws what `findUpload` throws. */
export async function cancelUpload(context: CatalogContext, subject: Subject, name: UploadName): Promise<void> {
  const upload = await findUpload(context, subject, name);
  if (!(await context.store.records.uploads.remove(upload.id, upload.version))) {
    throw absent(upload.id);
  }
  await context.blobs.discard(upload.state);
}

async function append(
  { blobs, maxBlobBytes }: UploadContext,
  upload: Pick<Upload, 'state' | 'algorithm'>,
  { bytes, start, length }: Chunk,
  when: { readonly isLast: boolean; readonly signal: AbortSignal },
): Promise<UploadState> {
  const { state, algorithm } = upload;
  if (start !== null && start !== state.size) {
    throw outOfOrder(upload, start);
  }
  const after = await blobs.append(state, bytes, { algorithm, maxBytes: maxBlobBytes - state.size, ...when });
  const added = after.size - state.size;
  if (length !== null && added !== length) {
    await blobs.discard(addedTo(state, after));
    throw new RegistryError('UPLOAD_LENGTH_DIFFERS', 'another length than was said', {
      object: 'chunk',
      expected: `${length} bytes`,
      found: `${added}`,
    });
  }
  return after;
}

/** What was added is removed again when it cannot be kept, as far as that is possible: what stays is garbage. */
async function keepOrUndo(
  { blobs }: CatalogContext,
  before: UploadState,
  after: UploadState,
  keep: () => Promise<void>,
): Promise<void> {
  try {
    await keep();
  } catch (error) {
    await blobs.discard(addedTo(before, after)).catch(() => undefined);
    throw error;
  }
}

function outOfOrder({ state }: Pick<Upload, 'state'>, start: number): RegistryError {
  return new RegistryError('UPLOAD_OUT_OF_ORDER', 'a chunk that does not begin where the upload ends', {
    object: 'chunk',
    expected: `from byte ${state.size}`,
    found: `from byte ${start}`,
    offset: state.size,
  });
}

function absent(id: string): RegistryError {
  return new RegistryError('UPLOAD_ABSENT', 'no such upload', { object: id });
}
