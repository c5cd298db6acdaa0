import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError, messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import { Fields } from '../attestations/fields.ts';
import { TrustError } from '../error.ts';
import { parseTrustRoot } from './parse-trust-root.ts';
import { type FetchBytes, TufFetcher } from './tuf-fetcher.ts';

export interface TrustRootRefresh {
  /** Where `timestamp.json` is. */
  readonly metadataUrl: string;
  readonly targetBaseUrl: string;
  /** The `root.json` that the user trusts. Every newer one is followed from here each time, so that `folder` needs no trust. */
  readonly rootJson: Uint8Array;
  /** Keeps the metadata last seen, so that nobody can go back to something older. One folder for each repository. */
  readonly folder: string;
  readonly fetchBytes: FetchBytes;
  readonly signal: AbortSignal;
  /** Defaults to `trusted_root.json`. A plain file name. */
  readonly target?: string;
}

export interface RefreshedTrustRoot {
  readonly bytes: Uint8Array;
  /** Of the targets metadata that lists it. */
  readonly version: number;
  /** The first instant at which that metadata counts no longer, in milliseconds since 1970. */
  readonly expires: number;
  /** When the first of all metadata ends: until then the repository says that there is nothing newer. */
  readonly freshUntil: number;
}

/** The names of top-level metadata (TUF 1.0 section 2.1), as files of the folder. */
const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Fetches the current trust root over The Update Framework (TUF 1.0 section 5, by tuf-js): only a target of the top-level
 * role, never a delegated one. The only function of `lib/trust` that reaches for the network, and only through `fetchBytes`;
 * nothing calls it by itself. Whether metadata has expired is judged by the machine's clock: tuf-js takes no other.
 * What is in `folder` changes only when all went well. Throws `TRUST_ROOT_REFRESH_FAILED`, and what `parseTrustRoot` throws.
 */
export async function refreshTrustRoot(refresh: TrustRootRefresh): Promise<RefreshedTrustRoot> {
  const { metadataUrl, folder, rootJson, target = 'trusted_root.json' } = refresh;
  if (!TARGET_NAME.test(target)) {
    throw failed(metadataUrl, 'a plain file name for the target', quote(target));
  }
  const name = 'the root.json to start from';
  Fields.of(parseStrictJson(rootJson, name), name, 'TRUST_ROOT_REFRESH_FAILED')
    .fields('signed')
    .word('_type', ['root']);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, '.refresh-'));
  try {
    await writeFile(join(work, 'root.json'), rootJson);
    await copyFromFolder(folder, work);
    const bytes = await update(refresh, work, target);
    await assertNotOlder(folder, work, metadataUrl);
    const version = await versionOf(work, 'targets');
    const expires = await expiryOf(work, 'targets');
    const ends = await Promise.all(ROLES.map(async (role) => await expiryOf(work, role)));
    parseTrustRoot(bytes, `${target} of ${metadataUrl}`);
    for (const role of ROLES) {
      await rename(join(work, `${role}.json`), join(folder, `${role}.json`));
    }
    return { bytes, version: version ?? 0, expires, freshUntil: Math.min(...ends) };
  } catch (error) {
    throw isAppError(error)
      ? error
      : failed(metadataUrl, 'signed and current metadata', quote(messageOf(error)), error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What was seen last, for tuf-js to compare with. It verifies these under the root as well, and leaves them where they do not pass. */
async function copyFromFolder(folder: string, work: string): Promise<void> {
  for (const role of ROLES.slice(1)) {
    await copyFile(join(folder, `${role}.json`), join(work, `${role}.json`)).catch(ignoreMissing);
  }
}

async function update(refresh: TrustRootRefresh, work: string, target: string): Promise<Uint8Array> {
  const { metadataUrl, targetBaseUrl, fetchBytes, signal } = refresh;
  // Loaded when it is wanted: no other command pays for it.
  const { Updater } = await import('tuf-js');
  const updater = new Updater({
    metadataDir: work,
    metadataBaseUrl: metadataUrl,
    targetDir: work,
    targetBaseUrl,
    fetcher: new TufFetcher(fetchBytes, work, signal),
    config: { maxDelegations: 0 },
  });
  await updater.refresh();
  const file = await updater.getTargetInfo(target);
  if (file === undefined) {
    throw failed(metadataUrl, `a target ${quote(target)}`, 'none of this name');
  }
  if (file.length > LIMITS.trustRootBytes) {
    throw limitExceeded(target, LIMITS.trustRootBytes, 'bytes', file.length);
  }
  if (file.hashes['sha256'] === undefined && file.hashes['sha512'] === undefined) {
    throw failed(
      metadataUrl,
      `a SHA-256 or SHA-512 of ${quote(target)}`,
      Object.keys(file.hashes)
        .map((name) => quote(name, 20))
        .join(', ') || 'no hash',
    );
  }
  const path = await updater.downloadTarget(file, join(work, 'target'));
  return readFileBounded(path, LIMITS.trustRootBytes);
}

/** tuf-js starts from the user's root and so does not know how far it went last time: a server may have left out the newest. */
async function assertNotOlder(folder: string, work: string, metadataUrl: string): Promise<void> {
  const seen = await versionOf(folder, 'root');
  const now = await versionOf(work, 'root');
  if (seen !== null && (now ?? 0) < seen) {
    throw failed(
      metadataUrl,
      `version ${seen} of root.json, which was there before, or a newer one`,
      `version ${now ?? 0}`,
    );
  }
}

async function versionOf(folder: string, role: (typeof ROLES)[number]): Promise<number | null> {
  const signed = await signedOf(folder, role);
  const version = signed?.value('version');
  return signed === null ? null : typeof version === 'number' ? version : 0;
}

async function expiryOf(folder: string, role: (typeof ROLES)[number]): Promise<number> {
  return (await signedOf(folder, role))?.time('expires') ?? 0;
}

async function signedOf(folder: string, role: (typeof ROLES)[number]): Promise<Fields | null> {
  const path = join(folder, `${role}.json`);
  const bytes = await readFileBounded(path, LIMITS.trustRootBytes).catch(ignoreMissing);
  return bytes === undefined
    ? null
    : Fields.of(parseStrictJson(bytes, path), path, 'TRUST_ROOT_REFRESH_FAILED').fields('signed');
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return undefined;
  }
  throw error;
}

function failed(metadataUrl: string, expected: string, found: string, cause?: unknown): TrustError {
  return new TrustError('TRUST_ROOT_REFRESH_FAILED', 'the trust root could not be refreshed', {
    object: `TUF repository ${metadataUrl}`,
    expected,
    found,
    cause,
  });
}
