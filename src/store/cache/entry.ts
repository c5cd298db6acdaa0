import { createHash } from 'node:crypto';
import type { Digest } from '#base/digest.ts';
import { algorithmOf, digestOf, isDigest } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { CacheKind } from '#model/cache.ts';
import type { FactsKey } from '#model/ports.ts';

export type EntryKey =
  | ({ readonly kind: 'facts' } & FactsKey)
  | { readonly kind: 'documents'; readonly digest: Digest }
  | { readonly kind: 'verifications'; readonly key: string };

/**
 * A file of the cache: eight bytes that say what it is, the SHA-256 of all that follows, the length of the key in four
 * bytes, the key as canonical JSON with its kind, the content. The key inside keeps a file under a wrong name from being
 * believed.
 */
const MAGIC = Buffer.from('PLCACHE1');
const HASH_BYTES = 32;
const KEY_LENGTH_AT = MAGIC.length + HASH_BYTES;
const KEY_AT = KEY_LENGTH_AT + 4;

/** A key as it is written: canonical, so that equal keys are equal bytes, and no two kinds ever are. */
export function keyBytes(key: EntryKey): Buffer {
  if (key.kind === 'documents') {
    return Buffer.from(canonicalJson({ kind: key.kind, digest: key.digest }));
  }
  if (key.kind === 'verifications') {
    return Buffer.from(canonicalJson({ kind: key.kind, key: key.key }));
  }
  const { kind, diffId, analyser, version, configuration } = key;
  return Buffer.from(canonicalJson({ kind, diffId, analyser, version, configuration }));
}

/** The name of the entry's file, 64 hex digits. */
export function nameOf(key: Buffer): string {
  return sha256(key).toString('hex');
}

/** All that stands before the content. */
export function sealOf(key: Buffer, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(key.length);
  return Buffer.concat([MAGIC, sha256(length, key, content), length, key]);
}

/** The content, or null when the bytes are damaged, of another version, or of another key; a document must also have its digest. */
export function openSealed(key: Buffer, bytes: Buffer): Buffer | null {
  const sealed = readSealed(bytes);
  return sealed?.key.equals(key) === true ? sealed.content : null;
}

/** True for bytes that are what a file of that name in the folder of that kind should hold. */
export function isGenuine(kind: CacheKind, name: string, bytes: Buffer): boolean {
  const sealed = readSealed(bytes);
  return sealed !== null && sealed.kind === kind && nameOf(sealed.key) === name;
}

interface Sealed {
  readonly kind: unknown;
  readonly key: Buffer;
  readonly content: Buffer;
}

function readSealed(bytes: Buffer): Sealed | null {
  if (bytes.length < KEY_AT || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return null;
  }
  const contentAt = KEY_AT + bytes.readUInt32LE(KEY_LENGTH_AT);
  if (
    contentAt > bytes.length ||
    !bytes.subarray(MAGIC.length, KEY_LENGTH_AT).equals(sha256(bytes.subarray(KEY_LENGTH_AT)))
  ) {
    return null;
  }
  const key = bytes.subarray(KEY_AT, contentAt);
  const content = bytes.subarray(contentAt);
  const { kind, digest } = parseKey(key);
  return kind === 'documents' && !isDocument(digest, content) ? null : { kind, key, content };
}

function isDocument(digest: unknown, content: Buffer): boolean {
  return typeof digest === 'string' && isDigest(digest) && digestOf(content, algorithmOf(digest)) === digest;
}

/** A seal that is right says that the bytes are undamaged, not that we wrote them. */
function parseKey(key: Buffer): { readonly kind?: unknown; readonly digest?: unknown } {
  try {
    const parsed: unknown = JSON.parse(key.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest();
}
