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
  readonly validator: Validator;
}

/** By what the source can tell that nothing has changed: an entity tag, or size and time of a file. */
export interface Validator {
  readonly etag?: string;
  readonly size?: number;
  readonly mtimeMs?: number;
}

const MAX_STATE_BYTES = 4096;

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
    await writeFile(temporary, JSON.stringify(state));
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
    isObject(value['validator']) &&
    isHeaderText(value['validator']['etag'] ?? '')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** It goes into a request header as it is. */
function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]*$/.test(value);
}
