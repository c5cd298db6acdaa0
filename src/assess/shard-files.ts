import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import type { ShardReader } from '#model/ports.ts';
import { openShard } from '#store/shards/index.ts';
import type { ShardState } from './shard-state.ts';
import { readShardState } from './shard-state.ts';

const SUFFIX = '.sqlite';

/** The folder of all shards, and in it that of one source. The name is made from what is shown of the source. */
export function shardFolders(home: string, source: string): { readonly root: string; readonly own: string } {
  const root = join(home, 'advisories');
  return { root, own: join(root, hexOf(digestOf(source)).slice(0, 16)) };
}

export function shardPath(folder: string, ecosystem: string): string {
  return join(folder, `${ecosystem}${SUFFIX}`);
}

export function statePath(folder: string, ecosystem: string): string {
  return join(folder, `${ecosystem}.json`);
}

/** What there is of one shard on this machine. All null: nothing. */
export interface LocalShard {
  readonly reader: ShardReader | null;
  /** Of the shard's own revision; null when it is lost or of another. */
  readonly state: ShardState | null;
  /** Why there is a file and no reader. */
  readonly problem: string | null;
}

export async function openLocalShard(folder: string, ecosystem: string): Promise<LocalShard> {
  const path = shardPath(folder, ecosystem);
  if ((await stat(path).catch(() => null)) === null) {
    return { reader: null, state: null, problem: null };
  }
  const state = await readShardState(statePath(folder, ecosystem));
  try {
    const reader = openShard(path, state === null ? {} : { lastCheck: state });
    return { reader, state: state?.revision === reader.info.revision ? state : null, problem: null };
  } catch (error) {
    return { reader: null, state: null, problem: messageOf(error) };
  }
}

/** The ecosystems that a folder of shards holds, sorted. */
export async function ecosystemsIn(folder: string): Promise<readonly string[]> {
  const names = (await entriesOf(folder)).map((entry) => entry.name).filter((name) => name.endsWith(SUFFIX));
  return names.map((name) => name.slice(0, -SUFFIX.length));
}

/** The folders inside a folder, sorted; none when it is not there. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
