import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { readArmour } from './armour.ts';
import { checkSignature } from './check.ts';
import { type KeyPacket, readKeyPacket } from './key-packet.ts';
import { type Packet, readPackets, TAGS } from './packets.ts';
import { refusal } from './refusal.ts';
import { readSignaturePacket, SIGNATURE_TYPES, type SignaturePacket } from './signature-packet.ts';

/** A key or subkey, and when it may sign. Times are milliseconds UTC. */
export interface SigningKey {
  readonly packet: KeyPacket;
  readonly from: number;
  /** Exclusive; `Infinity` for never. */
  readonly until: number;
  /** Why it may not sign at all; null when it may. */
  readonly refused: string | null;
}

const MAX_KEYS = 64;
const MAY_SIGN = 0x02;

/**
 * Armoured public keys with their subkeys, RFC 9580 section 10.1.1. What may sign is decided by the newest signature of the
 * primary key about each, and that has to be a valid one. Whatever revokes a key counts, verified or not. Throws
 * `ADVISORY_SIGNATURE_INVALID`, also where none of them may sign.
 */
export async function readSigningKeys(text: Uint8Array, object: string): Promise<readonly SigningKey[]> {
  if (text.length > LIMITS.feedKeyBytes) {
    throw refusal(object, `keys of at most ${LIMITS.feedKeyBytes} bytes`, `${text.length}`);
  }
  const keys: SigningKey[] = [];
  for (const block of readArmour(text, 'PGP PUBLIC KEY BLOCK', object)) {
    for (const parts of certificatesOf(readPackets(block, object), object)) {
      keys.push(...(await keysOf(parts, object)));
      if (keys.length > MAX_KEYS) {
        throw refusal(object, `at most ${MAX_KEYS} keys`, 'more');
      }
    }
  }
  if (new Set(keys.map(({ packet }) => packet.fingerprint)).size < keys.length) {
    throw refusal(object, 'every key once', 'one of them twice');
  }
  if (keys.every(({ refused }) => refused !== null)) {
    throw refusal(object, 'a key that may sign', keys[0]?.refused ?? 'none');
  }
  return keys;
}

/** A key, a user id or a subkey, and the signatures behind it. */
interface Part {
  readonly packet: Packet;
  readonly signatures: readonly Uint8Array[];
}

/** Each begins with its primary key. */
function certificatesOf(packets: readonly Packet[], object: string): readonly (readonly Part[])[] {
  const certificates: { packet: Packet; signatures: Uint8Array[] }[][] = [];
  for (const packet of packets) {
    const certificate = certificates.at(-1);
    switch (packet.tag) {
      case TAGS.primary:
        certificates.push([{ packet, signatures: [] }]);
        break;
      case TAGS.userId:
      case TAGS.userAttribute:
      case TAGS.subkey:
        certificate?.push({ packet, signatures: [] });
        break;
      case TAGS.signature:
        certificate?.at(-1)?.signatures.push(packet.body);
        break;
      case TAGS.trust:
        break;
      default:
        throw refusal(object, 'public keys, user ids and signatures', `a packet of type ${packet.tag}`);
    }
    if (certificates.length === 0) {
      throw refusal(object, 'a public key first', `a packet of type ${packet.tag}`);
    }
  }
  return certificates;
}

async function keysOf([first, ...parts]: readonly Part[], object: string): Promise<readonly SigningKey[]> {
  if (first === undefined) {
    return [];
  }
  const packet = readKeyPacket(first.packet.body, object);
  const primary = await primaryOf(packet, [first, ...parts], object);
  const keys = [primary.key];
  for (const part of parts.filter(({ packet: { tag } }) => tag === TAGS.subkey)) {
    const subkey = await subkeyOf(packet, part, object);
    keys.push({
      packet: subkey.packet,
      from: Math.max(subkey.from, primary.key.from),
      until: Math.min(subkey.until, primary.key.until),
      refused: primary.broken ?? subkey.refused,
    });
  }
  return keys;
}

/** What a signature says of itself, whether it can be used or not. */
interface Claim {
  readonly signature: SignaturePacket;
  /** What it is over. */
  readonly over: readonly Uint8Array[];
}

/** `broken` where nothing of the key counts; a primary key that only certifies has subkeys that sign. */
async function primaryOf(
  packet: KeyPacket,
  parts: readonly Part[],
  object: string,
): Promise<{ readonly key: SigningKey; readonly broken: string | null }> {
  const claims: Claim[] = [];
  const types: readonly number[] = SIGNATURE_TYPES.certifications;
  for (const part of parts.filter(({ packet: { tag } }) => tag !== TAGS.subkey)) {
    const ofKey = part.packet.tag === TAGS.primary;
    const all = part.signatures;
    if (all.some((body) => typeOf(body) === SIGNATURE_TYPES.keyRevocation)) {
      return { key: refusedKey(packet, 'it is revoked'), broken: 'its primary key is revoked' };
    }
    if (!ofKey && all.some((body) => typeOf(body) === SIGNATURE_TYPES.certificationRevocation)) {
      continue;
    }
    const over = ofKey ? [packet.signed] : [packet.signed, userIdHead(part.packet), part.packet.body];
    claims.push(
      ...claimsOf(
        part,
        packet,
        over,
        (type) => (ofKey ? type === SIGNATURE_TYPES.directKey : types.includes(type)),
        object,
      ),
    );
  }
  const { key, broken } = await keyBy(packet, packet, claims, object);
  return { key, broken };
}

async function subkeyOf(primary: KeyPacket, part: Part, object: string): Promise<SigningKey> {
  const packet = readKeyPacket(part.packet.body, object);
  if (part.signatures.some((body) => typeOf(body) === SIGNATURE_TYPES.subkeyRevocation)) {
    return refusedKey(packet, 'it is revoked');
  }
  const over = [primary.signed, packet.signed];
  const claims = claimsOf(part, primary, over, (type) => type === SIGNATURE_TYPES.subkeyBinding, object);
  const { key, newest } = await keyBy(primary, packet, claims, object);
  if (key.refused !== null) {
    return key;
  }
  // Else anybody could bind a key of somebody else to their own.
  const back = newest?.embedded ?? null;
  if (back === null) {
    return refusedKey(packet, 'it has not signed that it belongs to its primary key');
  }
  const backSignature = readSignaturePacket(back, object);
  const problem =
    backSignature.type === SIGNATURE_TYPES.primaryBinding
      ? await problemOf(checkSignature(backSignature, packet, over, object))
      : 'it has signed something else than that it belongs to its primary key';
  return problem === null ? key : refusedKey(packet, problem);
}

/** A key by the newest of what the primary key says of it. */
async function keyBy(
  primary: KeyPacket,
  packet: KeyPacket,
  claims: readonly Claim[],
  object: string,
): Promise<{ readonly key: SigningKey; readonly newest: SignaturePacket | null; readonly broken: string | null }> {
  const claim = claims.toSorted((a, b) => b.signature.created - a.signature.created)[0];
  const broken =
    claim === undefined
      ? 'its primary key has signed nothing about it'
      : await problemOf(checkSignature(claim.signature, primary, claim.over, object));
  if (claim === undefined || broken !== null) {
    return { key: refusedKey(packet, broken ?? ''), newest: null, broken };
  }
  const { signature } = claim;
  const key = {
    packet,
    from: Math.max(packet.created, signature.created),
    until: Math.min(after(packet.created, signature.keyExpiresAfter), after(signature.created, signature.expiresAfter)),
    refused: (signature.keyFlags & MAY_SIGN) === 0 ? 'it is not for signing' : packet.key === null ? ALGORITHM : null,
  };
  return { key, newest: signature, broken: null };
}

const ALGORITHM = 'it is neither of RSA nor of Ed25519';

/** The signatures of the primary key itself; what others say of it does not matter. */
function claimsOf(
  { signatures }: Part,
  primary: KeyPacket,
  over: readonly Uint8Array[],
  isWanted: (type: number) => boolean,
  object: string,
): readonly Claim[] {
  return signatures
    .filter((body) => body[0] === 4 && isWanted(typeOf(body)))
    .map((body) => ({ signature: readSignaturePacket(body, object), over }))
    .filter(({ signature: { issuer } }) => issuer !== null && primary.fingerprint.endsWith(issuer));
}

/** Of version 4, and of versions before it. */
function typeOf(body: Uint8Array): number {
  return body[body[0] === 4 ? 1 : 2] ?? -1;
}

function userIdHead({ tag, body }: Packet): Uint8Array {
  const head = Buffer.alloc(5);
  head[0] = tag === TAGS.userId ? 0xb4 : 0xd1;
  head.writeUInt32BE(body.length, 1);
  return head;
}

function after(time: number, span: number | null): number {
  return span === null ? Number.POSITIVE_INFINITY : time + span;
}

function refusedKey(packet: KeyPacket, refused: string): SigningKey {
  return { packet, from: packet.created, until: Number.POSITIVE_INFINITY, refused };
}

async function problemOf(check: Promise<void>): Promise<string | null> {
  try {
    await check;
    return null;
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return `what is signed about it does not count (${error.found ?? messageOf(error)})`;
  }
}
