import { hash as hashOf } from 'node:crypto';
import { TAG } from '../encoding/der.ts';
import { encodeDer, encodeOid, encodeSequence, encodeUnsigned } from '../encoding/der-writer.ts';

export type TimestampHash = 'sha256' | 'sha384' | 'sha512';

/** A TimeStampReq, and what its answer has to repeat. */
export interface TimestampRequest {
  readonly der: Uint8Array;
  readonly hash: TimestampHash;
  readonly imprint: Uint8Array;
  readonly nonce: bigint;
}

const OIDS: Readonly<Record<TimestampHash, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** As RFC 3161 has it, and as long as every authority takes it. */
export const NONCE_OCTETS = 8;

/** RFC 3161 section 2.4.1: version 1, the hash of `message`, a nonce, and that the certificates shall come along. */
export function timestampRequest(message: Uint8Array, hash: TimestampHash, nonce: Uint8Array): TimestampRequest {
  const imprint = hashOf(hash, message, 'buffer');
  const algorithm = encodeSequence([encodeOid(OIDS[hash]), encodeDer(TAG.null, [])]);
  return {
    der: encodeSequence([
      encodeUnsigned(Buffer.of(1)),
      encodeSequence([algorithm, encodeDer(TAG.octetString, [imprint])]),
      encodeUnsigned(nonce),
      encodeDer(TAG.boolean, [Buffer.of(0xff)]),
    ]),
    hash,
    imprint,
    nonce: BigInt(`0x${Buffer.from(nonce).toString('hex')}`),
  };
}
