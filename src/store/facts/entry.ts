import { createHash } from 'node:crypto';
import { canonicalJson } from '#base/json/canonical.ts';
import type { FactsKey } from '#model/ports.ts';

/**
 * A file of the store: eight bytes that say what it is, the SHA-256 of all that follows, the length of the key in four
 * bytes, the key as canonical JSON, the content. The key inside keeps a file under a wrong name from being believed.
 */
const MAGIC = Buffer.from('PLFACTS1');
const HASH_BYTES = 32;
const HEAD_BYTES = MAGIC.length + HASH_BYTES + 4;

/** Bytes that an entry takes beside its content. */
export function overheadOf(key: FactsKey): number {
  return HEAD_BYTES + keyBytes(key).length;
}

export function encodeEntry(key: FactsKey, content: Uint8Array): Buffer {
  const name = keyBytes(key);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(name.length);
  return Buffer.concat([MAGIC, hashOf(length, name, content), length, name, content]);
}

/** The content, or null when the bytes are damaged, of another version, or of another key. */
export function decodeEntry(key: FactsKey, bytes: Buffer): Uint8Array | null {
  const name = keyBytes(key);
  const start = HEAD_BYTES + name.length;
  const hashed = bytes.subarray(MAGIC.length + HASH_BYTES);
  const genuine =
    bytes.length >= start &&
    bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
    bytes.readUInt32LE(HEAD_BYTES - 4) === name.length &&
    bytes.subarray(HEAD_BYTES, start).equals(name) &&
    bytes.subarray(MAGIC.length, MAGIC.length + HASH_BYTES).equals(hashOf(hashed));
  return genuine ? bytes.subarray(start) : null;
}

/** The name of the entry's file, 64 hex digits. */
export function nameOf(key: FactsKey): string {
  return hashOf(keyBytes(key)).toString('hex');
}

function keyBytes({ diffId, analyser, version, configuration }: FactsKey): Buffer {
  return Buffer.from(canonicalJson({ diffId, analyser, version, configuration }));
}

function hashOf(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest();
}
