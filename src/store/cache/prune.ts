import type { Pruned, PruneTarget } from '#model/cache.ts';
import { type CacheFile, discard, listCache } from './files.ts';
import { setTally } from './tally.ts';

/** A writer that has not finished after an hour is dead. */
const LEFTOVER_MS = 3_600_000;

/** A use so long after the present is of a clock that was wrong. */
const FUTURE_MS = 86_400_000;

export interface PruneContext {
  /** Milliseconds UTC. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

/** Removes what the target names, beside what is no entry at all. */
export async function prune(root: string, target: PruneTarget, context: PruneContext): Promise<Pruned> {
  const pruned = await removeEntries(root, (entries) => chosen(entries, target, context.now), context);
  await setTally(root, pruned.remaining.bytes);
  return pruned;
}

/**
 * Makes room when the entries take more than `maxBytes`: the least recently used go, until the others take nine tenths.
 * The tally is set before the work too, which keeps other processes from doing the same. It never says more than nine
 * tenths: where files cannot be removed, counting them with every write would not help.
 */
export async function sweep(root: string, maxBytes: number, now: number): Promise<void> {
  const aim = Math.floor(maxBytes * 0.9);
  await setTally(root, aim);
  const choose = (entries: readonly CacheFile[]): readonly CacheFile[] =>
    bytesOf(entries) > maxBytes ? leastRecentlyUsed(entries, aim, now) : [];
  const { remaining } = await removeEntries(root, choose, { now });
  await setTally(root, Math.min(aim, remaining.bytes));
}

/**
 * Removes the entries that are chosen, what dead writers left behind, and what stands in the place of an entry without
 * being a file. Safe beside readers, writers and others like it: a file that is open stays readable, one that is gone
 * already is no error, and one that cannot be removed keeps no other from going.
 */
async function removeEntries(
  root: string,
  choose: (entries: readonly CacheFile[]) => readonly CacheFile[],
  { now, signal }: PruneContext,
): Promise<Pruned> {
  const entries: CacheFile[] = [];
  const leftovers: CacheFile[] = [];
  for await (const file of listCache(root)) {
    signal?.throwIfAborted();
    if (file.is === 'entry') {
      entries.push(file);
    } else if (file.is === 'misfit' || now - file.used > LEFTOVER_MS) {
      leftovers.push(file);
    }
  }
  const removed = await removeAll(choose(entries), signal);
  const cleared = await removeAll(leftovers, signal);
  const bytes = bytesOf(removed.done);
  return {
    entries: removed.done.length,
    bytes,
    leftovers: cleared.done.length,
    failed: [...removed.failed, ...cleared.failed].map(({ path }) => path),
    remaining: { entries: entries.length - removed.done.length, bytes: bytesOf(entries) - bytes },
  };
}

function chosen(entries: readonly CacheFile[], target: PruneTarget, now: number): readonly CacheFile[] {
  switch (target.kind) {
    case 'all':
      return entries;
    case 'unused-since':
      return entries.filter((file) => lastUse(file, now) < target.instant);
    case 'size':
      return leastRecentlyUsed(entries, target.bytes, now);
  }
}

/** Those that have to go for the others to take no more than `bytes`. */
function leastRecentlyUsed(entries: readonly CacheFile[], bytes: number, now: number): readonly CacheFile[] {
  const oldestFirst = entries.toSorted((a, b) => lastUse(a, now) - lastUse(b, now));
  let left = bytesOf(entries);
  let count = 0;
  for (const file of oldestFirst) {
    if (left <= bytes) {
      break;
    }
    left -= file.bytes;
    count += 1;
  }
  return oldestFirst.slice(0, count);
}

/** A time that cannot be is taken for the oldest: else the entry would outlive all others. */
function lastUse({ used }: CacheFile, now: number): number {
  return used > now + FUTURE_MS ? 0 : used;
}

async function removeAll(
  files: readonly CacheFile[],
  signal: AbortSignal | undefined,
): Promise<{ readonly done: readonly CacheFile[]; readonly failed: readonly CacheFile[] }> {
  const done: CacheFile[] = [];
  const failed: CacheFile[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    try {
      await discard(file.path);
      done.push(file);
    } catch {
      failed.push(file);
    }
  }
  return { done, failed };
}

function bytesOf(files: readonly CacheFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
