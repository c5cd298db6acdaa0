import type { Stats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '#base/digest.ts';
import { createDigester } from '#base/digest.ts';
import { download, HttpError, redactUrl } from '#base/http.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { AdvisoryError } from '#lib/advisories/index.ts';
import type { Validator } from './shard-state.ts';

/** Where archives come from, in the layout of the OSV bulk export: `<source>/<ecosystem>/all.zip`. */
export interface AdvisorySource {
  /** As it may be shown: a URL without query and credentials, or a folder. */
  readonly label: string;
  /** A folder is looked at every time, the network only when the last look is long ago. */
  readonly remote: boolean;
  fetch(ecosystem: string, request: FetchRequest): Promise<Fetched>;
}

/** Environment variables that name proxies; others do not matter. */
export type Proxies = Readonly<Record<string, string | undefined>>;

export interface FetchRequest {
  /** What was there the last time; null fetches in any case. */
  readonly known: Validator | null;
  /** Where a fetched archive may be put. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  /** Bytes so far, and of how many where the server says. */
  readonly progress: (done: number, total: number | null) => void;
}

export type Fetched =
  | { readonly kind: 'unchanged' }
  /** The source does not hold this ecosystem. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'archive'; readonly path: string; readonly revision: Digest; readonly validator: Validator };

const IDLE_TIMEOUT_MS = 30_000;
const TOTAL_TIMEOUT_MS = 30 * 60_000;
const CHUNK_BYTES = 1024 * 1024;

export function createAdvisorySource(source: string, proxies?: Proxies): AdvisorySource {
  return source.startsWith('https://') || source.startsWith('http://')
    ? urlSource(source, proxies)
    : folderSource(source);
}

function folderSource(folder: string): AdvisorySource {
  return {
    label: folder,
    remote: false,
    fetch: async (ecosystem, { known, signal }) => {
      const path = join(folder, ecosystem, 'all.zip');
      const found = await statFile(path);
      if (found === null) {
        await assertFolder(folder);
        return { kind: 'missing' };
      }
      const validator = { size: found.size, mtimeMs: found.mtimeMs };
      if (known !== null && known.size === validator.size && known.mtimeMs === validator.mtimeMs) {
        return { kind: 'unchanged' };
      }
      return { kind: 'archive', path, revision: await digestOfFile(path, found.size, signal), validator };
    },
  };
}

/** A mistyped folder is another thing than one that lacks an ecosystem. */
async function assertFolder(folder: string): Promise<void> {
  const found = await statFile(folder);
  if (found?.isDirectory() !== true) {
    throw new AdvisoryError('ADVISORY_SOURCE_NOT_FOUND', 'no such folder', {
      object: folder,
      expected: 'a folder with ECOSYSTEM/all.zip in it',
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

async function digestOfFile(path: string, size: number, signal: AbortSignal): Promise<Digest> {
  if (size > LIMITS.feedArchiveBytes) {
    throw limitExceeded(path, LIMITS.feedArchiveBytes, 'bytes', size);
  }
  const digester = createDigester();
  for await (const chunk of createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
    signal,
  }) as AsyncIterable<Uint8Array>) {
    digester.update(chunk);
  }
  return digester.digest();
}

function urlSource(source: string, proxies: Proxies | undefined): AdvisorySource {
  const way = { allowHttp: source.startsWith('http://'), proxies };
  return {
    label: redactUrl(source),
    remote: true,
    fetch: async (ecosystem, request) => {
      try {
        return await fetchArchive(archiveUrl(source, ecosystem), way, request);
      } catch (error) {
        if (error instanceof HttpError && (error.status === 404 || error.status === 410)) {
          return { kind: 'missing' };
        }
        throw error;
      }
    },
  };
}

/** A query of the source is kept: it may be what grants access. */
function archiveUrl(source: string, ecosystem: string): string {
  const url = URL.parse(source);
  if (url === null) {
    return source;
  }
  const base = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  url.pathname = `${base}${encodeURIComponent(ecosystem)}/all.zip`;
  return url.href;
}

interface Way {
  readonly allowHttp: boolean;
  readonly proxies: Proxies | undefined;
}

async function fetchArchive(url: string, { allowHttp, proxies }: Way, request: FetchRequest): Promise<Fetched> {
  const answer = await download(url, {
    signal: request.signal,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    totalTimeoutMs: TOTAL_TIMEOUT_MS,
    maxBytes: LIMITS.feedArchiveBytes,
    allowHttp,
    ...(proxies && { proxies }),
    ...(request.known?.etag === undefined ? {} : { etag: request.known.etag }),
  });
  if (answer.kind === 'not-modified') {
    return { kind: 'unchanged' };
  }
  const digester = createDigester();
  let done = 0;
  const file = await open(request.temporary, 'wx');
  try {
    for await (const chunk of answer.body) {
      digester.update(chunk);
      await file.writeFile(chunk);
      done += chunk.length;
      request.progress(done, answer.length);
    }
  } finally {
    await file.close();
  }
  const validator = answer.etag === null ? {} : { etag: answer.etag };
  return { kind: 'archive', path: request.temporary, revision: digester.digest(), validator };
}
