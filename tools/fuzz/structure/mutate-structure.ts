import type { Random } from '../random.ts';
import { mutateCbor } from './cbor.ts';
import { type MutateBytes, mutateDer } from './der.ts';
import { mutateJson } from './json.ts';
import { mutatePem } from './pem.ts';

const COSE_SIGN1 = 0xd2;
const CBOR_MAP = 5;
const DER_SEQUENCE = 0x30;
const JSON_STARTS = new Set([0x7b, 0x5b]);

/**
 * Changes one value of what the bytes are, wherever it is: JSON, DER, PEM, a COSE_Sign1, a map of CBOR, and these inside each other
 * by base64 and octet strings. Bytes that are none of them, and some that are, are left to `bytes`.
 */
export function mutateStructure(input: Uint8Array, random: Random, bytes: MutateBytes): Uint8Array {
  const inside = (inner: Uint8Array): Uint8Array =>
    random.oneIn(3) ? bytes(inner) : mutateStructure(inner, random, bytes);
  const [first = 0] = input;
  const mutated = JSON_STARTS.has(first)
    ? mutateJson(input, random, inside)
    : first === DER_SEQUENCE
      ? mutateDer(input, random, inside)
      : first === COSE_SIGN1 || first >> 5 === CBOR_MAP
        ? mutateCbor(input, random, inside)
        : mutatePem(input, random, inside);
  return mutated ?? bytes(input);
}
