import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import type { OpenShard } from '#store/shards/index.ts';
import { openShard } from '#store/shards/index.ts';
import type { ShardState } from './shard-state.ts';
import { readShardState } from './shard-state.ts';

const SUFFIX = '.sqlite';

/** The folder of all shards. */
export function shardsFolder(home: string): string {
  return join(home, 'advisories');
}

/** That of one source, by its provider and what is shown of its place. */
export function sourceFolder(home: string, provider: string, label: string): string {
  return join(shardsFolder(home), `${provider}-${hexOf(digestOf(label)).slice(0, 16)}`);
}

export function shardPath(folder: string, shard: string): string {
  return join(folder, `${fileNameOf(shard)}${SUFFIX}`);
}

export function statePath(folder: string, shard: string): string {
  return join(folder, `${fileNameOf(shard)}.json`);
}

/** Not every file system has colons in names, and none of these names has an `@`. */
function fileNameOf(shard: string): string {
  return shard.replaceAll(':', '@');
}

/** What there is of one shard on this machine. All null: nothing. */
export interface LocalShard {
  readonly reader: OpenShard | null;
  /** Of the shard's own revision; null when it is lost or of another. */
  readonly state: ShardState | null;
  /** Why there is a file and no reader. */
  readonly problem: string | null;
}

export async function openLocalShard(folder: string, shard: string): Promise<LocalShard> {
  const path = shardPath(folder, shard);
  if ((await stat(path).catch(() => null)) === null) {
    return { reader: null, state: null, problem: null };
  }
  const state = await readShardState(statePath(folder, shard));
  try {
    const reader = openShard(path, state === null ? {} : { lastCheck: state });
    return { reader, state: state?.revision === reader.info.revision ? state : null, problem: null };
  } catch (error) {
    return { reader: null, state: null, problem: messageOf(error) };
  }
}

/** The shards that a folder holds, sorted. */
export async function shardsIn(folder: string): Promise<readonly string[]> {
  const names = (await entriesOf(folder)).map((entry) => entry.name).filter((name) => name.endsWith(SUFFIX));
  return names.map((name) => name.slice(0, -SUFFIX.length).replaceAll('@', ':'));
}

/** The folders inside a folder, sorted; none when it is not there. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
