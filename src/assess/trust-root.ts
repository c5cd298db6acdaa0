import { join } from 'node:path';
import { digestOf } from '#base/digest.ts';
import { download, HttpError } from '#base/http.ts';
import { LIMITS, readBounded, readFileBounded } from '#base/limits.ts';
import { type RefreshedTrustRoot, refreshTrustRoot } from '#lib/trust/index.ts';

export interface UpdateTrustRootOptions {
  /** Of the TUF repository, without a slash at its end. Plain http only where it says so itself. */
  readonly url: string;
  /** A `root.json` of it that the user trusts. */
  readonly rootFile: string;
  readonly target: string;
  /** The data folder, absolute. */
  readonly home: string;
  /** Environment variables that name proxies. */
  readonly proxies: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const IDLE_TIMEOUT_MS = 30_000;
const TOTAL_TIMEOUT_MS = 5 * 60_000;

/** 403 and 404: there is no such file, as storage of clouds says it too. */
const ABSENT: ReadonlySet<number | null> = new Set([403, 404]);

/**
 * The trust root that a TUF repository has now: the only thing in the part of trust that asks the network. What was seen
 * of the repository is kept below `trust-root` of the data folder, so that it cannot go back to something older. Throws
 * `TRUST_ROOT_REFRESH_FAILED`, and the system's error for a root file that cannot be read.
 */
export async function updateTrustRoot(options: UpdateTrustRootOptions): Promise<RefreshedTrustRoot> {
  const { url, rootFile, target, home, proxies, signal } = options;
  const allowHttp = url.startsWith('http://');
  return await refreshTrustRoot({
    metadataUrl: url,
    targetBaseUrl: `${url}/targets`,
    rootJson: await readFileBounded(rootFile, LIMITS.trustRootBytes),
    folder: join(home, 'trust-root', digestOf(url).replace('sha256:', '')),
    fetchBytes: async (address, maxBytes, until) =>
      await fetchBytes(address, { maxBytes, signal: until, allowHttp, proxies }),
    signal,
    target,
  });
}

interface Fetch {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly allowHttp: boolean;
  readonly proxies: UpdateTrustRootOptions['proxies'];
}

async function fetchBytes(url: string, options: Fetch): Promise<Uint8Array | null> {
  try {
    const answer = await download(url, {
      ...options,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
    });
    return answer.kind === 'body' ? await readBounded(answer.body, options.maxBytes, url) : null;
  } catch (error) {
    if (error instanceof HttpError && ABSENT.has(error.status)) {
      return null;
    }
    throw error;
  }
}
