import { quote } from '#base/error.ts';
import { limitExceeded } from '#base/limits.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { TrustError } from '../error.ts';

/** An envelope as of DSSE 1.0 (secure-systems-lab/dsse, envelope.md), decoded. */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** At least one. */
  readonly signatures: readonly DsseSignature[];
}

export interface DsseSignature {
  /** A hint as to which key, never trusted; empty where there is none. */
  readonly keyid: string;
  readonly sig: Uint8Array;
}

/** Signatures of one envelope; real ones have one, or one for each of a few keys. */
const MAX_SIGNATURES = 16;

/**
 * Reads an envelope out of parsed JSON. Members that DSSE does not know are passed over: nothing of them is signed, and
 * signers add some (`cert`). Throws `ENVELOPE_INVALID`, `BASE64_INVALID`.
 */
export function readDsse(json: unknown, object: string): DsseEnvelope {
  const envelope = recordOf(json, object, 'a DSSE envelope');
  const payloadType = stringOf(envelope.get('payloadType'), object, 'payloadType');
  if (payloadType === '') {
    throw invalid(object, 'a payloadType', 'an empty one');
  }
  const payload = decodeBase64(stringOf(envelope.get('payload'), object, 'payload'), `payload of ${object}`);
  const signatures = envelope.get('signatures');
  if (!Array.isArray(signatures) || signatures.length === 0) {
    throw invalid(object, 'at least one signature', Array.isArray(signatures) ? 'none' : typeof signatures);
  }
  if (signatures.length > MAX_SIGNATURES) {
    throw limitExceeded(object, MAX_SIGNATURES, 'signatures', signatures.length);
  }
  return { payloadType, payload, signatures: signatures.map((entry: unknown) => readSignature(entry, object)) };
}

/** `PAE(type, body)`, the bytes that a DSSE signature is over (DSSE protocol.md, Signature Definition). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

function readSignature(json: unknown, object: string): DsseSignature {
  const entry = recordOf(json, object, 'a signature');
  const keyid = entry.get('keyid') ?? '';
  const sig = decodeBase64(stringOf(entry.get('sig'), object, 'sig'), `signature of ${object}`);
  if (sig.length === 0) {
    throw invalid(object, 'a signature', 'an empty one');
  }
  return { keyid: stringOf(keyid, object, 'keyid'), sig };
}

function recordOf(json: unknown, object: string, what: string): ReadonlyMap<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalid(object, what, json === null ? 'null' : Array.isArray(json) ? 'an array' : typeof json);
  }
  return new Map(Object.entries(json));
}

function stringOf(value: unknown, object: string, name: string): string {
  if (typeof value !== 'string') {
    throw invalid(object, `text for ${name}`, value === undefined ? 'nothing' : quote(JSON.stringify(value), 40));
  }
  return value;
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('ENVELOPE_INVALID', 'not a DSSE envelope', { object, expected, found });
}
