import { hash } from 'node:crypto';
import { TrustError } from '../error.ts';
import type { LogBody, LogHash, LogVerifier } from './log-body.ts';

/** The signature that an entry has to be about. */
export interface LoggedSignature {
  readonly object: string;
  readonly signature: Uint8Array;
  /** The payload itself of a plain signature, the pre-authentication encoding of a DSSE envelope. */
  readonly signedBytes: Uint8Array;
  readonly payload: Uint8Array;
  readonly envelope: 'plain' | 'dsse';
  /** What the signature was verified with. */
  readonly verifier: LogVerifier;
}

/**
 * Compares an entry with a signature, octet by octet: signature, content hash, certificate or key. An entry about
 * anything else, even about another signature by the same key over the same content, says nothing of this one
 * (CVE-2022-23649, CVE-2026-22703). A hashedrekord has the hash of the signed bytes, which Rekor v2 is given for envelopes
 * too; a dsse or intoto entry that of the payload. Throws `LOG_BODY_MISMATCH`.
 */
export function assertLogBody(body: LogBody, logged: LoggedSignature): void {
  const { object, signature, signedBytes, payload, envelope, verifier } = logged;
  if (body.kind !== 'hashedrekord' && envelope !== 'dsse') {
    throw mismatch(object, 'an entry about a plain signature', `one of kind ${body.kind}`);
  }
  const { algorithm } = body.contentHash;
  const value = hash(algorithm, body.kind === 'hashedrekord' ? signedBytes : payload, 'buffer');
  assertLogged(body, { object, signature, contentHash: { algorithm, value }, verifier });
}

/** The same, for who has the hash that the entry must be about and not the bytes. Throws `LOG_BODY_MISMATCH`. */
export function assertLogged(
  body: LogBody,
  logged: Pick<LoggedSignature, 'object' | 'signature' | 'verifier'> & { readonly contentHash: LogHash },
): void {
  const { object, signature, contentHash, verifier } = logged;
  if (Buffer.compare(body.signature, signature) !== 0) {
    throw mismatch(object, `signature ${hex(signature)}`, hex(body.signature));
  }
  const { algorithm, value } = body.contentHash;
  if (algorithm !== contentHash.algorithm || Buffer.compare(value, contentHash.value) !== 0) {
    throw mismatch(
      object,
      `content with ${contentHash.algorithm} ${hex(contentHash.value)}`,
      algorithm === contentHash.algorithm ? hex(value) : `${algorithm} ${hex(value)}`,
    );
  }
  if (body.verifier.kind !== verifier.kind || Buffer.compare(derOf(body.verifier), derOf(verifier)) !== 0) {
    throw mismatch(object, described(verifier), described(body.verifier));
  }
}

function derOf(verifier: LogVerifier): Uint8Array {
  return verifier.kind === 'certificate' ? verifier.der : verifier.spki;
}

function described(verifier: LogVerifier): string {
  return `${verifier.kind} with sha256 ${hash('sha256', derOf(verifier))}`;
}

function mismatch(object: string, expected: string, found: string): TrustError {
  return new TrustError('LOG_BODY_MISMATCH', 'the log entry is about something else', { object, expected, found });
}

const SHOWN_BYTES = 64;

function hex(octets: Uint8Array): string {
  return `${Buffer.from(octets.subarray(0, SHOWN_BYTES)).toString('hex')}${octets.length > SHOWN_BYTES ? '…' : ''}`;
}
