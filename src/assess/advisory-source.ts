import type { Stats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '#base/digest.ts';
import { createDigester } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { download, HttpError, redactUrl } from '#base/http.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { DocumentAsk, FeedDocument, FeedDocuments } from '#lib/advisories/index.ts';
import { AdvisoryError } from '#lib/advisories/index.ts';

/** Where the documents of a feed come from, in the layout that its provider expects. */
export interface AdvisorySource {
  /** As it may be shown: a URL without query and credentials, or a folder. */
  readonly label: string;
  /** A folder is looked at every time, the network only when the last look is long ago. */
  readonly remote: boolean;
  /** The documents, for one refresh. */
  open(session: SourceSession): FeedDocuments;
}

/** Environment variables that name proxies; others do not matter. */
export type Proxies = Readonly<Record<string, string | undefined>>;

export interface SourceAccess {
  readonly proxies?: Proxies;
  /** Waits before the second and third attempt; tests shorten them. */
  readonly backoffMs?: readonly number[];
}

export interface SourceSession {
  /** A folder for what is fetched; whoever made it removes it. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  /** What each file in that folder is, for people: filled as documents are fetched. */
  readonly names: Map<string, string>;
  /** Bytes of a document so far, and of how many where the server says. */
  readonly progress: (done: number, total: number | null) => void;
}

const IDLE_TIMEOUT_MS = 30_000;
const TOTAL_TIMEOUT_MS = 30 * 60_000;
const CHUNK_BYTES = 1024 * 1024;

function isRemote(place: string): boolean {
  return place.startsWith('https://') || place.startsWith('http://');
}

export function createAdvisorySource(place: string, access: SourceAccess = {}): AdvisorySource {
  if (!isRemote(place)) {
    return {
      label: place,
      remote: false,
      open: ({ signal }) => ({ label: place, get: (path, ask) => readDocument(place, path, ask ?? {}, signal) }),
    };
  }
  const label = redactUrl(place);
  return {
    label,
    remote: true,
    open: (session) => {
      let documents = 0;
      return {
        label,
        discard: (file) => rm(file, { force: true }),
        get: async (path, ask) => {
          documents += 1;
          const file = join(session.temporary, `${documents}.document`);
          session.names.set(file, `${label}/${path}`);
          return await fetchDocument(documentUrl(place, segmentsOf(path)), { file, ask: ask ?? {}, access, session });
        },
      };
    },
  };
}

/** Ids of records become paths: none may leave the place. Throws `ADVISORY_FEED_INVALID`. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/');
  if (segments.some((part) => part === '' || part === '.' || part === '..' || !/^[^\\\p{Cc}]+$/u.test(part))) {
    throw new AdvisoryError('ADVISORY_FEED_INVALID', 'invalid name of a document', {
      expected: 'a path below the address of the feed',
      found: quote(path),
    });
  }
  return segments;
}

async function readDocument(
  folder: string,
  name: string,
  ask: DocumentAsk,
  signal: AbortSignal,
): Promise<FeedDocument> {
  const path = join(folder, ...segmentsOf(name));
  const found = await statFile(path);
  if (found === null) {
    await assertFolder(folder);
    return { kind: 'missing' };
  }
  const validator = `${found.size}-${found.mtimeMs}`;
  if (ask.validator === validator) {
    return { kind: 'unchanged' };
  }
  const maxBytes = ask.maxBytes ?? LIMITS.feedArchiveBytes;
  if (found.size > maxBytes) {
    throw limitExceeded(path, maxBytes, 'bytes', found.size);
  }
  return { kind: 'document', path, bytes: found.size, digest: await digestOfFile(path, signal), validator };
}

/** A mistyped folder is another thing than one that lacks an ecosystem. */
async function assertFolder(folder: string): Promise<void> {
  const found = await statFile(folder);
  if (found?.isDirectory() !== true) {
    throw new AdvisoryError('ADVISORY_SOURCE_NOT_FOUND', 'no such folder', {
      object: folder,
      expected: 'a folder with the documents of a feed',
      found: found === null ? 'nothing' : 'something else',
    });
  }
}

async function statFile(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return null;
    }
    throw error;
  }
}

async function digestOfFile(path: string, signal: AbortSignal): Promise<Digest> {
  const digester = createDigester();
  for await (const chunk of createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
    signal,
  }) as AsyncIterable<Uint8Array>) {
    digester.update(chunk);
  }
  return digester.digest();
}

/** A query of the place is kept: it may be what grants access. */
function documentUrl(place: string, segments: readonly string[]): string {
  const url = URL.parse(place);
  if (url === null) {
    return place;
  }
  const base = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  url.pathname = `${base}${segments.map(encodeURIComponent).join('/')}`;
  return url.href;
}

interface Fetch {
  /** Where the document is put. */
  readonly file: string;
  readonly ask: DocumentAsk;
  readonly access: SourceAccess;
  readonly session: SourceSession;
}

async function fetchDocument(url: string, { file, ask, access, session }: Fetch): Promise<FeedDocument> {
  try {
    const answer = await download(url, {
      signal: session.signal,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
      maxBytes: ask.maxBytes ?? LIMITS.feedArchiveBytes,
      allowHttp: url.startsWith('http://'),
      ...access,
      ...conditionOf(ask.validator ?? null),
    });
    if (answer.kind === 'not-modified') {
      return { kind: 'unchanged' };
    }
    const validator = validatorOf(answer.etag, answer.lastModified);
    return { kind: 'document', path: file, validator, ...(await save(answer.body, answer.length, file, session)) };
  } catch (error) {
    if (error instanceof HttpError && (error.status === 404 || error.status === 410)) {
      return { kind: 'missing' };
    }
    throw error;
  }
}

async function save(
  body: AsyncIterable<Uint8Array>,
  length: number | null,
  path: string,
  { progress }: SourceSession,
): Promise<{ readonly bytes: number; readonly digest: Digest }> {
  const digester = createDigester();
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const chunk of body) {
      digester.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.length;
      progress(bytes, length);
    }
  } finally {
    await file.close();
  }
  return { bytes, digest: digester.digest() };
}

const ETAG = 'etag:';
const DATE = 'date:';

/** The entity tag says more than a date in whole seconds. */
function validatorOf(etag: string | null, lastModified: string | null): string | null {
  if (etag !== null) {
    return `${ETAG}${etag}`;
  }
  return lastModified === null ? null : `${DATE}${lastModified}`;
}

/** It may come from a file that somebody changed: only what can be a header goes into one. */
function conditionOf(validator: string | null): { readonly etag?: string; readonly modifiedSince?: string } {
  if (validator === null || !/^[\x20-\x7e]{6,256}$/.test(validator)) {
    return {};
  }
  const text = validator.slice(ETAG.length);
  if (validator.startsWith(ETAG)) {
    return { etag: text };
  }
  return validator.startsWith(DATE) ? { modifiedSince: text } : {};
}
