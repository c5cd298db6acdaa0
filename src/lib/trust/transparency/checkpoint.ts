import { hash } from 'node:crypto';
import { quote } from '#base/error.ts';
import { limitExceeded } from '#base/limits.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { TrustError } from '../error.ts';
import { verifyByLog } from '../trust-root/log-key.ts';
import { KEY_HINT_BYTES, type Log } from '../trust-root/trust-root.ts';

/** What a log signed about its tree (C2SP tlog-checkpoint, Note text). */
export interface Checkpoint {
  readonly origin: string;
  readonly treeSize: bigint;
  readonly rootHash: Uint8Array;
}

interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  readonly keyHint: Uint8Array;
  readonly signature: Uint8Array;
}

/** Room for the cosignatures of a hundred witnesses. */
const MAX_NOTE_CHARS = 64 * 1024;
const MAX_SIGNATURES = 128;
const SIGNATURE_LINE = '\u2014 ';
const HASH_BYTES = 32;
const ED25519_KEY_BYTES = 32;
const MAX_DECIMAL_DIGITS = 19;

/**
 * Reads a checkpoint and verifies that the log signed it: a signed note (C2SP signed-note) with a signature line that has
 * the hint of the log's key. Lines of other keys (witnesses) are passed over; a line of the log's that does not verify is not.
 * Throws `LOG_CHECKPOINT_INVALID`, `BASE64_INVALID`.
 */
export function verifyCheckpoint(envelope: string, log: Log, object: string): Checkpoint {
  const note = parseNote(envelope, object);
  const checkpoint = parseText(note.text, object);
  const own = note.signatures.filter(({ keyHint }) => Buffer.compare(keyHint, log.checkpointKeyHint) === 0);
  if (own.length === 0) {
    throw invalid(
      object,
      `a signature with key hint ${hex(log.checkpointKeyHint)} of ${log.baseUrl ?? 'the log'}`,
      note.signatures
        .map(({ name, keyHint }) => `${quote(name, 80)} ${hex(keyHint)}`)
        .slice(0, 4)
        .join(', '),
    );
  }
  const bytes = Buffer.from(note.text, 'utf8');
  for (const { name, signature } of own) {
    assertName(name, checkpoint.origin, log, object);
    verifySignature(log, bytes, signature, object);
  }
  return checkpoint;
}

function verifySignature(log: Log, bytes: Uint8Array, signature: Uint8Array, object: string): void {
  try {
    verifyByLog(log.key, bytes, signature, object);
  } catch (error) {
    throw new TrustError('LOG_CHECKPOINT_INVALID', 'the log did not sign this checkpoint', {
      object,
      expected: `a signature of ${log.baseUrl ?? 'the log'} over the text`,
      found: 'one that does not verify',
      cause: error,
    });
  }
}

/**
 * The name is not signed: it has to be that of the origin, which is. Rekor v1 appends the number of its tree to the
 * origin; there, and with ECDSA, the key's id is the hash of the key alone, else it is over the name too.
 */
function assertName(name: string, origin: string, log: Log, object: string): void {
  if (origin !== name && !origin.startsWith(`${name} - `)) {
    throw invalid(object, `the name of origin ${quote(origin)}`, quote(name));
  }
  const { spki, algorithm } = log.key;
  const ids = [hash('sha256', spki, 'buffer')];
  if (algorithm === 'ed25519') {
    const key = spki.subarray(-ED25519_KEY_BYTES);
    ids.push(hash('sha256', Buffer.concat([Buffer.from(`${name}\n\x01`, 'utf8'), key]), 'buffer'));
  }
  if (!ids.some((id) => Buffer.compare(id.subarray(0, KEY_HINT_BYTES), log.checkpointKeyHint) === 0)) {
    throw invalid(
      object,
      `a key whose id with name ${quote(name)} begins with ${hex(log.checkpointKeyHint)}`,
      'another',
    );
  }
}

function parseNote(envelope: string, object: string): Note {
  if (envelope.length > MAX_NOTE_CHARS) {
    throw limitExceeded(object, MAX_NOTE_CHARS, 'characters', envelope.length);
  }
  // The last blank line separates, as in Go's note.Open: what comes before it is signed, whatever it holds.
  const split = envelope.lastIndexOf('\n\n');
  if (split < 0 || !envelope.endsWith('\n') || !envelope.isWellFormed()) {
    throw invalid(object, 'a text, an empty line and signatures, each line ended', quote(envelope, 80));
  }
  const lines = envelope.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) {
    throw limitExceeded(object, MAX_SIGNATURES, 'signatures', lines.length);
  }
  return { text: envelope.slice(0, split + 1), signatures: lines.map((line) => parseSignature(line, object)) };
}

function parseSignature(line: string, object: string): NoteSignature {
  const [name = '', encoded = '', ...rest] = line.slice(SIGNATURE_LINE.length).split(' ');
  if (!line.startsWith(SIGNATURE_LINE) || name === '' || name.includes('+') || rest.length > 0) {
    throw invalid(object, 'a line of a dash, a name and a signature', quote(line, 80));
  }
  const bytes = decodeBase64(encoded, object);
  if (bytes.length <= KEY_HINT_BYTES) {
    throw invalid(object, `a key hint of ${KEY_HINT_BYTES} octets and a signature`, `${bytes.length} octets`);
  }
  return { name, keyHint: bytes.subarray(0, KEY_HINT_BYTES), signature: bytes.subarray(KEY_HINT_BYTES) };
}

function parseText(text: string, object: string): Checkpoint {
  const lines = text.slice(0, -1).split('\n');
  const [origin = '', size = '', root = ''] = lines;
  if (lines.length < 3 || lines.includes('')) {
    throw invalid(object, 'an origin, a size, a root hash and lines that are not empty', quote(text, 80));
  }
  if (!/^(0|[1-9][0-9]*)$/.test(size) || size.length > MAX_DECIMAL_DIGITS) {
    throw invalid(object, 'the size of a tree in decimal', quote(size, 40));
  }
  const rootHash = decodeBase64(root, object);
  if (rootHash.length !== HASH_BYTES) {
    throw invalid(object, `a root hash of ${HASH_BYTES} octets`, `${rootHash.length}`);
  }
  return { origin, treeSize: BigInt(size), rootHash };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('LOG_CHECKPOINT_INVALID', 'not a checkpoint of the log', { object, expected, found });
}
