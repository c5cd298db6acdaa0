import { rm, writeFile } from 'node:fs/promises';
import type { Digest } from '#base/digest.ts';
import { isDigest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { readFileBounded } from '#base/limits.ts';
import { replaceFile, temporaryPath } from '#store/shards/index.ts';

/**
 * What is known of the feed beside its shard. It is a file of its own since a shard is never written again: readers in
 * other processes hold it. A state of another revision than the shard's counts for nothing.
 */
export interface ShardState {
  readonly revision: Digest;
  /** When the feed was last fetched or found unchanged, milliseconds UTC. */
  readonly checked: number;
  /** What the provider wants to be handed the next time; null for a shard that was not built here. */
  readonly cursor: string | null;
  /** Why the look after that one came to nothing; null when there was none. */
  readonly failure: string | null;
  /** The artifact that brought the shard; absent for one that was built here. */
  readonly origin?: ShardArtifact;
}

export interface ShardArtifact {
  /** As it was named. */
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: Digest;
  /** Why no signature was asked for; null where one was verified. */
  readonly unverified: string | null;
}

/** Of a cursor and of a failure. */
export const MAX_CURSOR_CHARS = 65_536;
const MAX_FAILURE_CHARS = 1000;
const MAX_STATE_BYTES = 512 * 1024;

/** The state as it was written; null for one that is missing or damaged. */
export async function readShardState(path: string): Promise<ShardState | null> {
  try {
    const value = parseStrictJson(await readFileBounded(path, MAX_STATE_BYTES), path);
    return isShardState(value) ? value : null;
  } catch {
    return null;
  }
}

export async function writeShardState(path: string, state: ShardState): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    const failure = state.failure === null ? null : state.failure.slice(0, MAX_FAILURE_CHARS);
    await writeFile(temporary, JSON.stringify({ ...state, failure }));
    await replaceFile(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function isShardState(value: unknown): value is ShardState {
  return (
    isObject(value) &&
    typeof value['revision'] === 'string' &&
    isDigest(value['revision']) &&
    typeof value['checked'] === 'number' &&
    !Number.isNaN(new Date(value['checked']).getTime()) &&
    (value['cursor'] === null || (typeof value['cursor'] === 'string' && value['cursor'].length <= MAX_CURSOR_CHARS)) &&
    (value['failure'] === null || typeof value['failure'] === 'string') &&
    (value['origin'] === undefined || isArtifact(value['origin']))
  );
}

function isArtifact(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['reference'] === 'string' &&
    typeof value['digest'] === 'string' &&
    isDigest(value['digest']) &&
    (value['unverified'] === null || typeof value['unverified'] === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
