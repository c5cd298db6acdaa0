import { setTimeout as wait } from 'node:timers/promises';
import { isAppError, quote } from '#base/error.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { sizeMismatch } from '../images/blobs.ts';
import { describeRequest, RegistryError, statusError } from '../transport/error.ts';
import type { ExchangeAnswer } from '../transport/exchange.ts';
import type { FollowedAnswer } from '../transport/redirects.ts';
import { contentLength, parseContentRange } from './headers.ts';

/** How far a download has come, over all its connections. */
export interface Position {
  offset: number;
  /** A strong entity tag of the server's. */
  etag: string | null;
}

export interface BlobDownload {
  readonly descriptor: Pick<Descriptor, 'digest' | 'size'>;
  /** For messages. */
  readonly object: string;
  /** Asks for the blob with these headers more. */
  readonly ask: (headers: Readonly<Record<string, string>>) => Promise<FollowedAnswer>;
  readonly signal: AbortSignal;
  readonly pauseMs?: number;
}

/** A connection that brought less than this, or than all that was left, has not got on. */
const PROGRESS_BYTES = 1024 * 1024;
const MAX_FAILURES = 4;
const PAUSE_MS = 500;
const MAX_ETAG = 256;

/**
 * A blob's bytes from `position` on, exactly as many as its descriptor says; another number is `BLOB_SIZE_MISMATCH`. A
 * connection that breaks is followed by one for the rest; that ends after four connections in a row that did not get on.
 * What the bytes hash to is the reader's matter.
 */
export async function* downloadBlob(download: BlobDownload, position: Position): AsyncGenerator<Uint8Array> {
  const { size } = download.descriptor;
  for (let failures = 0; ; ) {
    const start = position.offset;
    const body = await openRest(download, position);
    try {
      yield* body;
      return;
    } catch (error) {
      if (!isBroken(error, position, size)) {
        throw error;
      }
      failures = position.offset - start >= PROGRESS_BYTES ? 0 : failures + 1;
      if (failures === MAX_FAILURES) {
        throw gaveUp(download, position, error);
      }
      await wait(failures * (download.pauseMs ?? PAUSE_MS), undefined, { signal: download.signal });
    }
  }
}

async function openRest(download: BlobDownload, position: Position): Promise<AsyncGenerator<Uint8Array>> {
  const { offset, etag } = position;
  const condition = etag === null ? {} : { 'if-range': etag };
  const { url, answer } = await download.ask(offset === 0 ? {} : { range: `bytes=${offset}-`, ...condition });
  const request = { method: 'GET', url };
  if (answer.status !== 200 && !(answer.status === 206 && offset > 0)) {
    throw await statusError(request, answer, offset === 0 ? {} : { expected: '206 or 200' });
  }
  try {
    const start = answer.status === 200 ? wholeBlob(download, answer) : restOfBlob(download, offset, answer, request);
    position.etag ??= strongEtag(answer);
    return readRest(download, position, answer, offset - start);
  } catch (error) {
    answer.discard();
    throw error;
  }
}

/** A server without ranges sends everything again; what is there already is then passed over. */
function wholeBlob({ descriptor, object }: BlobDownload, answer: ExchangeAnswer): number {
  const length = contentLength(answer);
  if (length !== null && length !== descriptor.size) {
    throw sizeMismatch(object, descriptor.size, length);
  }
  return 0;
}

/** Where the part that was sent begins: at the offset asked for or before it. */
function restOfBlob(
  { descriptor }: BlobDownload,
  offset: number,
  answer: ExchangeAnswer,
  request: { readonly method: string; readonly url: URL },
): number {
  const text = answer.headers.get('content-range') ?? '';
  const range = parseContentRange(text);
  if (
    range === null ||
    range.start > offset ||
    range.end < offset ||
    (range.total ?? descriptor.size) !== descriptor.size
  ) {
    throw new RegistryError('REGISTRY_ANSWER_INVALID', 'another part of the blob', {
      object: describeRequest(request),
      expected: `Content-Range bytes ${offset}-${descriptor.size - 1}/${descriptor.size}`,
      found: text === '' ? 'none' : quote(text),
      status: answer.status,
    });
  }
  return range.start;
}

async function* readRest(
  { descriptor, object }: BlobDownload,
  position: Position,
  answer: ExchangeAnswer,
  known: number,
): AsyncGenerator<Uint8Array> {
  let skip = known;
  for await (const chunk of answer.body) {
    const rest = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - rest.length;
    if (rest.length === 0) {
      continue;
    }
    if (position.offset + rest.length > descriptor.size) {
      throw sizeMismatch(object, descriptor.size, position.offset + rest.length);
    }
    position.offset += rest.length;
    yield rest;
  }
  if (position.offset < descriptor.size) {
    throw sizeMismatch(object, descriptor.size, position.offset);
  }
}

/** An end before the end is a broken connection too: without a length there is no telling them apart. */
function isBroken(error: unknown, position: Position, size: number): boolean {
  const isShort = isAppError(error) && error.code === 'BLOB_SIZE_MISMATCH' && position.offset < size;
  return isShort || (error instanceof RegistryError && error.temporary);
}

function gaveUp({ descriptor, object }: BlobDownload, { offset }: Position, cause: unknown): Error {
  if (!(cause instanceof RegistryError)) {
    return cause as Error;
  }
  return new RegistryError(cause.code, 'the download broke again and again', {
    object,
    expected: `${descriptor.size} bytes`,
    found: `${offset} bytes, then ${MAX_FAILURES} connections without progress`,
    temporary: true,
    cause,
  });
}

function strongEtag(answer: ExchangeAnswer): string | null {
  const etag = answer.headers.get('etag') ?? '';
  return etag.startsWith('"') && etag.length <= MAX_ETAG ? etag : null;
}
