import type { LogEntry } from '../signed.ts';

/** What an entry of a log says: this key or certificate signed that content with this signature. */
export interface LogBody {
  readonly kind: 'hashedrekord' | 'dsse' | 'intoto';
  readonly version: string;
  /** Of the signed bytes for `hashedrekord`, else of the payload inside the envelope. */
  readonly contentHash: LogHash;
  readonly signature: Uint8Array;
  readonly verifier: LogVerifier;
}

export interface LogHash {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512';
  readonly value: Uint8Array;
}

/** DER of a leaf certificate, or of a SubjectPublicKeyInfo. */
export type LogVerifier =
  | { readonly kind: 'certificate'; readonly der: Uint8Array }
  | { readonly kind: 'key'; readonly spki: Uint8Array };

/**
 * Reads the canonicalised body of an entry: hashedrekord 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto 0.0.2. An intoto
 * 0.0.1 entry does not hold the signature and so proves nothing of it: refused. Throws `LOG_BODY_INVALID`.
 */
export declare function parseLogBody(entry: LogEntry, object: string): LogBody;

/** The signature that an entry has to be about. */
export interface LoggedSignature {
  readonly object: string;
  readonly signature: Uint8Array;
  /** The payload itself of a plain signature, the pre-authentication encoding of a DSSE envelope. */
  readonly signedBytes: Uint8Array;
  readonly payload: Uint8Array;
  readonly envelope: 'plain' | 'dsse';
  readonly verifier: LogVerifier;
}

/** Throws `LOG_BODY_MISMATCH` unless the entry is about exactly this signature, content and key or certificate. */
export declare function assertLogBody(body: LogBody, logged: LoggedSignature): void;
