import { CACHE_KINDS, type CacheKind, type CacheStatus } from '#model/cache.ts';
import { isGenuine } from './entry.ts';
import { type CacheFile, hasCode, listCache, openEntryFile, readEntryFile } from './files.ts';

export interface StatusOptions {
  /** Reads every entry and names the damaged ones. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
}

/** Counts what is there. Changes nothing: an entry that goes or comes meanwhile is counted or not. */
export async function statusOf(root: string, limit: number, options: StatusOptions): Promise<CacheStatus> {
  const { verify = false, signal } = options;
  const counts = new Map<CacheKind, { entries: number; bytes: number }>();
  const damaged: string[] = [];
  let oldest: number | null = null;
  let newest: number | null = null;
  for await (const file of listCache(root)) {
    signal?.throwIfAborted();
    if (file.is === 'entry') {
      const { entries, bytes } = counts.get(file.kind) ?? { entries: 0, bytes: 0 };
      counts.set(file.kind, { entries: entries + 1, bytes: bytes + file.bytes });
      oldest = Math.min(oldest ?? file.used, file.used);
      newest = Math.max(newest ?? file.used, file.used);
    }
    if (verify && (await isDamaged(file))) {
      damaged.push(file.path);
    }
  }
  const kinds = CACHE_KINDS.map((kind) => ({ kind, ...(counts.get(kind) ?? { entries: 0, bytes: 0 }) }));
  return {
    folder: root,
    bytes: kinds.reduce((sum, { bytes }) => sum + bytes, 0),
    limit,
    kinds,
    oldest,
    newest,
    damaged: verify ? damaged.toSorted() : null,
  };
}

/** What a reader would put out of the way. A file that is written just now has no name yet, and one that is gone is not damaged. */
async function isDamaged({ is, path, kind, name }: CacheFile): Promise<boolean> {
  if (is !== 'entry') {
    return is === 'misfit';
  }
  try {
    const file = await openEntryFile(path);
    if (file === null) {
      return false;
    }
    try {
      const found = await readEntryFile(file);
      return found === null || !isGenuine(kind, name, found.bytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    // Became a link since it was listed, or may not be read: of no use either way.
    return hasCode(error, 'ELOOP', 'ENXIO', 'EACCES');
  }
}
