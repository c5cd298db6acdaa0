import { ByteReader } from './byte-reader.ts';
import { refusal } from './refusal.ts';

/** RFC 9580, section 5.2.1. */
export const SIGNATURE_TYPES = {
  binary: 0x00,
  certifications: [0x10, 0x11, 0x12, 0x13],
  subkeyBinding: 0x18,
  primaryBinding: 0x19,
  directKey: 0x1f,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  certificationRevocation: 0x30,
} as const;

/** A signature of version 4 as it is written; nothing of it is verified. Times are milliseconds UTC. */
export interface SignaturePacket {
  readonly type: number;
  readonly algorithm: number;
  readonly hash: number;
  /** From the version to the end of the hashed subpackets. */
  readonly signed: Uint8Array;
  readonly left: Uint8Array;
  /** What the algorithm has made. */
  readonly value: Uint8Array;
  readonly created: number;
  /** After `created`; null for never. */
  readonly expiresAfter: number | null;
  /** After the making of the key; null for never. */
  readonly keyExpiresAfter: number | null;
  readonly keyFlags: number;
  /** Hexadecimal: the fingerprint that is hashed, else the key id; null for neither. */
  readonly issuer: string | null;
  /** Of a subkey over its primary key. */
  readonly embedded: Uint8Array | null;
  /** A critical subpacket that is not known here, by its number. */
  readonly unknownCritical: number | null;
}

const CREATED = 2;
const EXPIRES = 3;
const KEY_EXPIRES = 9;
const ISSUER_ID = 16;
const KEY_FLAGS = 27;
const EMBEDDED = 32;
const ISSUER_FINGERPRINT = 33;
const USED = [CREATED, EXPIRES, KEY_EXPIRES, ISSUER_ID, KEY_FLAGS, EMBEDDED, ISSUER_FINGERPRINT];

/** They say what somebody prefers or why: exportable, revocable, preferences, key server, policy, user id, reason, features. */
const HARMLESS = [4, 7, 11, 21, 22, 23, 24, 25, 26, 28, 29, 30, 34, 39];

/** RFC 9580, section 5.2.3. */
export function readSignaturePacket(body: Uint8Array, object: string): SignaturePacket {
  const reader = new ByteReader(body, object);
  const [version, type, algorithm, hash] = reader.take(4);
  if (version !== 4 || type === undefined || algorithm === undefined || hash === undefined) {
    throw refusal(object, 'a signature of version 4', `version ${version}`);
  }
  const hashedLength = reader.number(2);
  const hashed = readSubpackets(reader.take(hashedLength), object);
  const others = readSubpackets(reader.take(reader.number(2)), object);
  const left = reader.take(2);
  const created = seconds(hashed.values, CREATED, object);
  if (created === null) {
    throw refusal(object, 'the time of the signature', 'none that is signed');
  }
  const fingerprint = hashed.values.get(ISSUER_FINGERPRINT);
  const id = hashed.values.get(ISSUER_ID) ?? others.values.get(ISSUER_ID);
  return {
    type,
    algorithm,
    hash,
    signed: body.subarray(0, 6 + hashedLength),
    left,
    value: reader.take(reader.left),
    created,
    expiresAfter: seconds(hashed.values, EXPIRES, object) || null,
    keyExpiresAfter: seconds(hashed.values, KEY_EXPIRES, object) || null,
    keyFlags: hashed.values.get(KEY_FLAGS)?.[0] ?? 0,
    issuer: fingerprint === undefined ? issuerId(id, object) : issuerFingerprint(fingerprint, object),
    embedded: hashed.values.get(EMBEDDED) ?? others.values.get(EMBEDDED) ?? null,
    unknownCritical: hashed.unknownCritical ?? others.unknownCritical,
  };
}

interface Subpackets {
  readonly values: ReadonlyMap<number, Uint8Array>;
  readonly unknownCritical: number | null;
}

function readSubpackets(bytes: Uint8Array, object: string): Subpackets {
  const reader = new ByteReader(bytes, object);
  const values = new Map<number, Uint8Array>();
  let unknownCritical: number | null = null;
  while (reader.left > 0) {
    const first = reader.number(1);
    const length =
      first < 192 ? first : first === 255 ? reader.number(4) : (first - 192) * 256 + reader.number(1) + 192;
    const content = new ByteReader(reader.take(length), object);
    const head = content.number(1);
    const type = head & 0x7f;
    if (USED.includes(type)) {
      if (values.has(type)) {
        throw refusal(object, `subpacket ${type} once`, 'two');
      }
      values.set(type, content.take(content.left));
    } else if ((head & 0x80) !== 0 && !HARMLESS.includes(type)) {
      unknownCritical = type;
    }
  }
  return { values, unknownCritical };
}

function seconds(values: ReadonlyMap<number, Uint8Array>, type: number, object: string): number | null {
  const value = values.get(type);
  if (value === undefined) {
    return null;
  }
  const reader = new ByteReader(value, object);
  const time = reader.number(4) * 1000;
  reader.end('a time');
  return time;
}

function issuerFingerprint(value: Uint8Array, object: string): string {
  if (value[0] !== 4 || value.length !== 21) {
    throw refusal(object, 'the fingerprint of a key of version 4', `${value.length} bytes of version ${value[0]}`);
  }
  return Buffer.from(value.subarray(1)).toString('hex');
}

function issuerId(value: Uint8Array | undefined, object: string): string | null {
  if (value !== undefined && value.length !== 8) {
    throw refusal(object, 'a key id of eight bytes', `${value.length}`);
  }
  return value === undefined ? null : Buffer.from(value).toString('hex');
}
