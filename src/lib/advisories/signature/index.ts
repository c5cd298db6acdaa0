import { readArmour } from './armour.ts';
import { checkSignature, type Signed } from './check.ts';
import type { SigningKey } from './keys.ts';
import { readPackets, TAGS } from './packets.ts';
import { refusal } from './refusal.ts';
import { readSignaturePacket, SIGNATURE_TYPES } from './signature-packet.ts';

/** Detached signatures of OpenPGP beside the documents of a feed. */
export { readSigningKeys, type SigningKey } from './keys.ts';

/** Of a file that holds one signature. */
export const MAX_SIGNATURE_BYTES = 16 * 1024;

export interface SignatureContext {
  /** The file of the signature, for errors. */
  readonly object: string;
  /** Milliseconds UTC. */
  readonly now: number;
}

/**
 * Throws `ADVISORY_SIGNATURE_INVALID` unless `armour` is one signature of these bytes, of type binary document, by one of the
 * keys, which may sign now and could when it was made.
 */
export async function verifyDetached(
  armour: Uint8Array,
  signed: Signed,
  keys: readonly SigningKey[],
  { object, now }: SignatureContext,
): Promise<void> {
  if (armour.length > MAX_SIGNATURE_BYTES) {
    throw refusal(object, `a signature of at most ${MAX_SIGNATURE_BYTES} bytes`, `${armour.length}`);
  }
  const [packet, ...others] = readArmour(armour, 'PGP SIGNATURE', object).flatMap((block) =>
    readPackets(block, object),
  );
  if (packet?.tag !== TAGS.signature || others.length > 0) {
    throw refusal(object, 'one signature', packet?.tag === TAGS.signature ? 'more' : 'something else');
  }
  const signature = readSignaturePacket(packet.body, object);
  if (signature.type !== SIGNATURE_TYPES.binary) {
    throw refusal(object, 'a signature of a binary document', `one of type ${signature.type}`);
  }
  const key = keyOf(signature.issuer, keys, object);
  assertTime(signature, key, { object, now });
  await checkSignature(signature, key.packet, signed, object);
}

function keyOf(issuer: string | null, keys: readonly SigningKey[], object: string): SigningKey {
  const key = issuer === null ? undefined : keys.find(({ packet }) => packet.fingerprint.endsWith(issuer));
  const usable = keys.filter(({ refused }) => refused === null);
  if (key === undefined) {
    const known = usable.map(({ packet }) => packet.fingerprint).join(' or ');
    throw refusal(object, `a signature by ${known}`, issuer === null ? 'one by nobody' : `one by ${issuer}`);
  }
  if (key.refused !== null) {
    throw refusal(object, 'a signature by a key that may sign', `one by ${issuer}: ${key.refused}`);
  }
  return key;
}

function assertTime(
  { created, expiresAfter }: { readonly created: number; readonly expiresAfter: number | null },
  { packet, from, until }: SigningKey,
  { object, now }: SignatureContext,
): void {
  if (from > now || until <= now) {
    const word = from > now ? `valid only from ${shown(from)}` : `expired on ${shown(until)}`;
    throw refusal(object, `a key that is valid on ${shown(now)}`, `${packet.fingerprint}, ${word}`);
  }
  if (created > now || created < packet.created) {
    throw refusal(object, `a time from ${shown(packet.created)} to ${shown(now)}`, shown(created));
  }
  if (expiresAfter !== null && created + expiresAfter <= now) {
    throw refusal(object, `a signature that is valid on ${shown(now)}`, `expired on ${shown(created + expiresAfter)}`);
  }
}

function shown(time: number): string {
  return new Date(time).toISOString();
}
