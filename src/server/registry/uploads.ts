import type { Digest } from '#base/digest.ts';
import { algorithmOf } from '#base/digest.ts';
import type { Upload } from '#model/platform/records.ts';
import {
  addToUpload,
  assertMay,
  cancelUpload,
  findUpload,
  finishUpload,
  mountBlob,
  RegistryError,
  startUpload,
  type UploadName,
  uploadBlob,
} from '#stages/catalog/index.ts';
import { type AnswerHeaders, answerEmpty } from './answer.ts';
import { bodyOf, chunkOf, lengthOf } from './body.ts';
import type { Exchange } from './exchange.ts';
import { RequestError } from './request-error.ts';

/** end-4a, end-4b and end-11: an upload, a blob in one request, a mount. */
export async function postUpload(exchange: Exchange, { repository }: { readonly repository: string }): Promise<void> {
  const { registry, subject, request, response, query, signal } = exchange;
  assertMay(subject, 'push', repository);
  const mount = query.digest('mount');
  const digest = query.digest('digest');
  const algorithm = query.algorithm('digest-algorithm') ?? (digest === null ? 'sha256' : algorithmOf(digest));
  if (mount !== null) {
    if (await mountBlob(registry, subject, { repository, digest: mount, from: query.repository('from') })) {
      answerStored(exchange, repository, mount);
      return;
    }
  } else if (digest !== null) {
    const chunk = { bytes: bodyOf(request), start: null, length: lengthOf(request) };
    await uploadBlob(registry, subject, repository, { digest, algorithm, chunk }, signal);
    answerStored(exchange, repository, digest);
    return;
  }
  answerEmpty(response, 202, placeOf(await startUpload(registry, subject, repository, algorithm)));
}

/** end-13. */
export async function getUpload({ registry, subject, response }: Exchange, name: UploadName): Promise<void> {
  answerEmpty(response, 204, placeOf(await findUpload(registry, subject, name)));
}

/** end-5: a chunk with its place, or a stream. */
export async function patchUpload(exchange: Exchange, name: UploadName): Promise<void> {
  const { registry, subject, request, response, signal } = exchange;
  await orWhereItEnds(name, async () => {
    const chunk = chunkOf(request);
    const upload =
      chunk === null
        ? await findUpload(registry, subject, name)
        : await addToUpload(registry, subject, name, chunk, signal);
    answerEmpty(response, 202, placeOf(upload));
  });
}

/** end-6: the end of an upload, with a last chunk or without. */
export async function putUpload(exchange: Exchange, name: UploadName): Promise<void> {
  const { registry, subject, request, query, signal } = exchange;
  assertMay(subject, 'push', name.repository);
  const digest = query.digest('digest');
  if (digest === null) {
    throw new RequestError(400, 'DIGEST_INVALID', 'parameter digest is missing');
  }
  await orWhereItEnds(name, async () => {
    await finishUpload(registry, subject, name, { digest, chunk: chunkOf(request) }, signal);
    answerStored(exchange, name.repository, digest);
  });
}

/** end-14. */
export async function deleteUpload({ registry, subject, response }: Exchange, name: UploadName): Promise<void> {
  await cancelUpload(registry, subject, name);
  answerEmpty(response, 204, {});
}

function answerStored({ response }: Exchange, repository: string, digest: Digest): void {
  answerEmpty(response, 201, {
    location: `/v2/${repository}/blobs/${digest}`,
    'docker-content-digest': digest,
  });
}

/** Whoever sent a chunk for another place is told where to go on. */
async function orWhereItEnds(name: UploadName, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'UPLOAD_OUT_OF_ORDER' && error.offset !== null) {
      throw new RequestError(416, 'BLOB_UPLOAD_INVALID', error.message, { headers: placeAt(name, error.offset) });
    }
    throw error;
  }
}

function placeOf({ id, repository, state }: Upload): AnswerHeaders {
  return placeAt({ id, repository: repository.name }, state.size);
}

/** `Range` is inclusive, so that nothing and one byte look alike; clients go by what they sent. */
function placeAt({ id, repository }: UploadName, size: number): Record<string, string> {
  return {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, size - 1)}`,
    'docker-upload-uuid': id,
    'cache-control': 'no-store',
  };
}
