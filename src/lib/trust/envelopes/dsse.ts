import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Fields } from '../attestations/fields.ts';
import { decodeBase64 } from '../encoding/base64.ts';

/** An envelope as of DSSE 1.0 (secure-systems-lab/dsse, envelope.md), decoded. */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** At least one. */
  readonly signatures: readonly DsseSignature[];
}

export interface DsseSignature {
  /** A hint as to which key, never trusted; null where there is none. */
  readonly keyid: string | null;
  readonly sig: Uint8Array;
}

/**
 * Reads an envelope out of parsed JSON. Members that DSSE does not know are passed over: nothing of them is signed, and
 * signers add some (`cert`). Throws `ENVELOPE_INVALID`, `BASE64_INVALID`, `LIMIT_EXCEEDED`.
 */
export function readDsse(json: unknown, object: string): DsseEnvelope {
  const envelope = Fields.of(json, object, 'ENVELOPE_INVALID');
  const payloadType = envelope.text('payloadType');
  const payload = decodeBase64(envelope.text('payload'), `payload of ${object}`);
  const signatures = envelope.list('signatures');
  if (signatures.length === 0) {
    throw envelope.invalid('signatures', 'at least one signature', 'none');
  }
  if (signatures.length > LIMITS.envelopeSignatures) {
    throw limitExceeded(object, LIMITS.envelopeSignatures, 'signatures', signatures.length);
  }
  return {
    payloadType,
    payload,
    signatures: signatures.map((entry, index) => {
      const signature = envelope.child(entry, `signatures[${index}]`);
      return {
        keyid: signature.optionalText('keyid'),
        sig: decodeBase64(signature.text('sig'), `signature ${index + 1} of ${object}`),
      };
    }),
  };
}

/** An envelope with one signature, its members as JSON has them. */
export interface EnvelopeMembers {
  readonly payload: string;
  readonly payloadType: string;
  readonly sig: string;
}

/** The text of an envelope. Rekor 1 keeps its hash, and cosign holds that against the attestation that it finds. */
export function envelopeText({ payload, payloadType, sig }: EnvelopeMembers): string {
  return JSON.stringify({ payload, payloadType, signatures: [{ sig }] });
}

/** `PAE(type, body)`, the bytes that a DSSE signature is over (DSSE protocol.md, Signature Definition). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}
