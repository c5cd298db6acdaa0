import type { Digest } from '#base/digest.ts';
import type { LinkedBlob } from '#model/platform/records.ts';
import { deleteBlob } from '#stages/catalog/index.ts';
import { type AnswerHeaders, answerEmpty, contentHeaders, isKnown } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { parseRange } from './range.ts';
import { RequestError } from './request-error.ts';
import { sendBytes } from './send-bytes.ts';
import { pullBlobOrUnjudged } from './unjudged.ts';

/** A blob of a repository. */
export interface BlobRoute {
  readonly repository: string;
  readonly digest: Digest;
}

/** end-2, with and without a body. */
export async function getBlob(exchange: Exchange, { repository, digest }: BlobRoute): Promise<void> {
  const { request, response } = exchange;
  const blob = await pullBlobOrUnjudged(exchange, repository, digest);
  const headers = {
    ...contentHeaders(digest),
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
  };
  if (isKnown(request.headers['if-none-match'], digest)) {
    answerEmpty(response, 304, headers);
  } else if (request.method === 'HEAD') {
    answerEmpty(response, 200, { ...headers, 'content-length': blob.size });
  } else if (!(await isSentElsewhere(exchange, blob))) {
    await sendBlob(exchange, blob, headers);
  }
}

/** end-10. */
export async function removeBlob(exchange: Exchange, { repository, digest }: BlobRoute): Promise<void> {
  await deleteBlob(exchange.registry, exchange.subject, repository, digest);
  answerEmpty(exchange.response, 202, {});
}

async function isSentElsewhere({ registry, response }: Exchange, blob: LinkedBlob): Promise<boolean> {
  const { redirectSeconds, blobs } = registry;
  const url = redirectSeconds === null ? null : await blobs.locate(blob.key, redirectSeconds);
  if (url === null) {
    return false;
  }
  answerEmpty(response, 307, { location: url, 'docker-content-digest': blob.digest, 'cache-control': 'no-store' });
  return true;
}

async function sendBlob(
  { registry, request, response, signal, log }: Exchange,
  blob: LinkedBlob,
  headers: AnswerHeaders,
): Promise<void> {
  const { range: asked, 'if-range': condition } = request.headers;
  // A range of what the client has an older part of: content never changes here, so that another tag is a mistake.
  const range =
    condition === undefined || isKnown(String(condition), blob.digest) ? parseRange(asked, blob.size) : null;
  const content = await registry.blobs.read(blob.key, { signal, lend: true, ...(range === null ? {} : { range }) });
  if (content === null) {
    log.error('the bytes of a blob are gone', { digest: blob.digest, key: blob.key });
    throw new RequestError(404, 'BLOB_UNKNOWN', 'no such blob');
  }
  if (range === null) {
    response.writeHead(200, { ...headers, 'content-length': blob.size });
  } else {
    response.writeHead(206, {
      ...headers,
      'content-length': range.end - range.start + 1,
      'content-range': `bytes ${range.start}-${range.end}/${blob.size}`,
    });
  }
  await sendBytes(response, content.bytes);
}
