import type { SigningScheme } from '#model/signing.ts';
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
  sign(bytes: Uint8Array, scheme: SigningScheme): Promise<Uint8Array>;
}

/** What signs, for those who look: an attribute that is not signed. */
export const AGENT = 'plimsoll';

/** Octets of each of the two numbers in a signature (RFC 7518 section 3.4). */
const NUMBER_BYTES: Readonly<Record<'ES256' | 'ES384' | 'ES512', number>> = { ES256: 32, ES384: 48, ES512: 66 };

/** The signature as both envelopes have it: of ECDSA the two numbers, one behind the other. */
export async function signDraft(draft: NotationDraft, bytes: Uint8Array): Promise<Uint8Array> {
  switch (draft.algorithm) {
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return await draft.sign(bytes, 'rsa-pss');
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return fixedLength(await draft.sign(bytes, 'ecdsa'), NUMBER_BYTES[draft.algorithm]);
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
