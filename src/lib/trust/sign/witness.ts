import type { Digest } from '#base/digest.ts';
import type { SigningKey } from '#model/signing.ts';
import type { EnvelopeMembers } from '../envelopes/dsse.ts';

/** Says when a signature was there (RFC 3161). */
export interface TimestampAuthority {
  /** For messages: its URL without user, password and query. */
  readonly name: string;
  /**
   * The DER of a TimeStampResp whose token has `messageImprint` over `message` (a signature's bytes) and its signer's
   * certificates (`certReq`: the Notary Project needs them), with the nonce, the status and the imprint checked; who signed
   * it is for the caller to verify. Throws `TrustError`, `HttpError`.
   */
  timestamp(message: Uint8Array, hash: 'sha256' | 'sha384' | 'sha512', signal?: AbortSignal): Promise<Uint8Array>;
}

/** What is entered into a log: one signature, what it is over, and what verifies it. */
export type LogRequest = (
  | {
      /** In an envelope: `dsse` of Rekor 1, uploaded as `envelopeText` writes it, and of Rekor 2 what cosign makes of it. */
      readonly kind: 'dsse';
      readonly envelope: EnvelopeMembers;
    }
  | {
      /** Over bytes themselves, of which the log gets the hash: `hashedrekord`. */
      readonly kind: 'hashedrekord';
      /** SHA-256 of what was signed. */
      readonly digest: Digest;
      readonly signature: Uint8Array;
    }
) & {
  /** DER: an X.509 certificate, or a SubjectPublicKeyInfo. */
  readonly verifier: { readonly kind: 'certificate' | 'public-key'; readonly der: Uint8Array };
};

/** A Rekor, of either generation. */
export interface TransparencyLog {
  readonly name: string;
  /**
   * The entry as `verificationMaterial.tlogEntries[]` of a bundle has it (dev.sigstore.rekor.v1.TransparencyLogEntry in
   * protobuf JSON). That it is about this signature was checked; its proofs are for the caller. Throws `TrustError`, `HttpError`.
   */
  enter(request: LogRequest, signal?: AbortSignal): Promise<object>;
}

/** A key of this run alone, with the certificate that says whose it is. */
export interface KeylessIdentity {
  readonly key: SigningKey;
  /** DER, the leaf first, as Fulcio gave it. */
  readonly chain: readonly [Uint8Array, ...Uint8Array[]];
}

/** Who is asked about a signature once it is made. Nobody, by default. */
export interface Witnesses {
  readonly timestamps: readonly TimestampAuthority[];
  readonly logs: readonly TransparencyLog[];
}
