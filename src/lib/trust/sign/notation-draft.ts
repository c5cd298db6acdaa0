import type { SigningKey } from '#model/signing.ts';
import { parseDer, TAG } from '../encoding/der.ts';
import { integerOf } from '../encoding/der-values.ts';
import { ATTRIBUTE } from '../formats/notation/signed-attributes.ts';
import type { NotaryAlgorithm } from '../signed.ts';

/** What an envelope of the Notary Project is written from. Times in milliseconds since 1970, of which seconds are kept. */
export interface NotationDraft {
  readonly algorithm: NotaryAlgorithm;
  readonly payload: Uint8Array;
  /** DER, leaf first, root last. */
  readonly certificates: readonly Uint8Array[];
  readonly signingTime: number;
  readonly expiry: number | null;
}

/** An envelope but for what is made of it: its signature, and the timestamp of that. */
export interface NotationEnvelope {
  readonly signedBytes: Uint8Array;
  /** `token` is a TimeStampToken over `signature`, DER: an attribute that is not signed. Null for none. */
  write(signature: Uint8Array, token: Uint8Array | null): Uint8Array;
}

/** What signs, for those who look: an attribute that is not signed. */
export const AGENT = 'plimsoll';

/** Octets of each of the two numbers in a signature (RFC 7518 section 3.4). */
const NUMBER_BYTES: Readonly<Record<'ES256' | 'ES384' | 'ES512', number>> = { ES256: 32, ES384: 48, ES512: 66 };

/** Signs as both envelopes have it: of ECDSA the two numbers, one behind the other. Throws what the key throws. */
export async function signNotary(
  key: SigningKey,
  algorithm: NotaryAlgorithm,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  switch (algorithm) {
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return await key.sign(bytes, 'rsa-pss', signal);
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return fixedLength(await key.sign(bytes, 'ecdsa', signal), NUMBER_BYTES[algorithm]);
  }
}

function fixedLength(signature: Uint8Array, octets: number): Uint8Array {
  const numbers = parseDer(signature, 'an ECDSA signature').expect(TAG.sequence, 'an ECDSA signature').children;
  return Buffer.concat(
    numbers.map((number) =>
      Buffer.from(
        integerOf(number)
          .toString(16)
          .padStart(2 * octets, '0'),
        'hex',
      ),
    ),
  );
}

/** The attributes that a verifier has to understand, in the order of their names. */
export function criticalAttributes({ expiry }: NotationDraft): readonly string[] {
  return expiry === null ? [ATTRIBUTE.signingScheme] : [ATTRIBUTE.expiry, ATTRIBUTE.signingScheme];
}
