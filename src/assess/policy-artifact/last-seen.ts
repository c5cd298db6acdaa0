import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestOf, hexOf, isDigest } from '#base/digest.ts';
import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { readFileBounded } from '#base/limits.ts';
import { replaceFile, temporaryPath } from '#store/shards/index.ts';
import { PolicyArtifactError } from './error.ts';

/** The newest bundle that was used from one place. */
interface LastSeen {
  readonly digest: Digest;
  /** Milliseconds UTC. */
  readonly packed: number;
}

export interface Seen extends LastSeen {
  readonly reference: string;
}

const MAX_STATE_BYTES = 4096;

/**
 * Remembers the bundle as the last from its place, unless a newer one was used from there: whoever moves the name back to what was
 * signed long ago takes away every rule since. A reference with a digest asks for that one, and says nothing of others. Throws
 * `POLICY_BUNDLE_OLDER`.
 */
export async function assertNotOlder({ reference, digest, packed }: Seen, home: string): Promise<void> {
  if (reference.endsWith(`@${digest}`)) {
    return;
  }
  const path = join(home, 'policies/bundles', `${hexOf(digestOf(reference))}.json`);
  const last = await readLast(path);
  if (last !== null && packed < last.packed) {
    throw new PolicyArtifactError('POLICY_BUNDLE_OLDER', 'policies went back', {
      object: reference,
      expected: `${last.digest}, packed ${iso(last.packed)}, or a later one`,
      found: `${digest}, packed ${iso(packed)}`,
      hint: 'To go back on purpose, name the bundle by its digest, or export the older documents again.',
    });
  }
  if (last?.digest !== digest) {
    await write(path, { reference, digest, packed });
  }
}

/** Null for none, and for one that is damaged: what is of this machine is not hostile. */
async function readLast(path: string): Promise<LastSeen | null> {
  try {
    const members = membersOf(parseStrictJson(await readFileBounded(path, MAX_STATE_BYTES), path));
    const [digest, packed] = [members?.get('digest'), members?.get('packed')];
    return typeof digest === 'string' && isDigest(digest) && typeof packed === 'number' ? { digest, packed } : null;
  } catch {
    return null;
  }
}

async function write(path: string, seen: Seen): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryPath(path);
  try {
    await writeFile(temporary, JSON.stringify(seen));
    await replaceFile(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
