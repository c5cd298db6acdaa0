import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { compareShards, openShard, replaceFile, type ShardDifference, temporaryPath } from '#store/shards/index.ts';

/** What is other in a shard than it was when somebody last said that all follows from it. */
export type ShardNews =
  /** As it was. */
  | { readonly kind: 'none' }
  /** There is nothing to compare with: all of it is news. */
  | { readonly kind: 'all' }
  | ({ readonly kind: 'some' } & ShardDifference);

const FOLDER = 'compared-advisories';

/**
 * Compares a shard with itself as of the last `settle`. A process that dies in between finds the same news again. A copy that is damaged makes all of it
 * news.
 */
export async function newsOf(home: string, shard: string, signal: AbortSignal, log: Log): Promise<ShardNews> {
  const before = settledPath(home, shard);
  if ((await stat(before).catch(() => null)) === null) {
    return { kind: 'all' };
  }
  try {
    if (revisionOf(before) === revisionOf(shard)) {
      return { kind: 'none' };
    }
    return { kind: 'some', ...(await compareShards(before, shard, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    log.warn('advisories cannot be compared with those before', { shard, error: messageOf(error) });
    return { kind: 'all' };
  }
}

/** All that follows from this file is written down: the next news are against it. The file itself is never changed, only replaced. */
export async function settle(home: string, shard: string): Promise<void> {
  const path = settledPath(home, shard);
  const temporary = temporaryPath(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    // Without links, as on some network file systems, it takes the room.
    await link(shard, temporary).catch(async () => await copyFile(shard, temporary));
    await replaceFile(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function settledPath(home: string, shard: string): string {
  return join(home, FOLDER, basename(dirname(shard)), basename(shard));
}

function revisionOf(path: string): string {
  const shard = openShard(path);
  try {
    return shard.info.revision;
  } finally {
    shard.close();
  }
}
