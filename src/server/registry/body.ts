import type { IncomingMessage } from 'node:http';
import type { Chunk } from '#stages/catalog/index.ts';
import { parseContentRange } from './range.ts';
import { RequestError } from './request-error.ts';

/** The body as it comes. Leaving it early does not end the connection: there is still an answer to be read. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}

/** Bytes of the body as its header says; null when it comes in chunks of HTTP. */
export function lengthOf({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined) {
    return null;
  }
  return Number(headers['content-length'] ?? 0);
}

/** The chunk of an upload that a request brings; null when it has no body. Throws 400 when its headers contradict each other. */
export function chunkOf(request: IncomingMessage): Chunk | null {
  const length = lengthOf(request);
  if (length === 0) {
    return null;
  }
  const range = parseContentRange(request.headers['content-range']);
  const said = range === null ? null : range.end - range.start + 1;
  if (said !== null && length !== null && said !== length) {
    throw new RequestError(400, 'SIZE_INVALID', 'Content-Range and Content-Length differ');
  }
  return { bytes: bodyOf(request), start: range?.start ?? null, length: said ?? length };
}
