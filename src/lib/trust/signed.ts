import type { KeyObject } from 'node:crypto';
import type { Digest } from '#base/digest.ts';

/** The members of the family of evidence formats; each is a folder of `formats/`. */
export type EvidenceFormatId =
  | 'cosign-signature'
  | 'cosign-attestation'
  | 'sigstore-bundle'
  | 'notation'
  | 'buildkit-attestation'
  | 'in-toto';

/** One thing that somebody says of an image, read and not yet believed: what is said, and the signatures over it. */
export interface SignedContent {
  readonly format: EvidenceFormatId;
  /** The manifest that holds it. */
  readonly attachment: Digest;
  /** The blob that holds it. */
  readonly blob: Digest;
  /** For messages: `layer 2 of signature manifest sha256:…`. */
  readonly object: string;
  readonly content: ContentBytes;
  /** Empty when nobody signed it (BuildKit, raw in-toto): such content never counts for a requirement. */
  readonly signatures: readonly SignatureBlock[];
}

/** The bytes that decide, exactly as signed. */
export interface ContentBytes {
  readonly kind: /** Cosign's payload that names one manifest digest. */
    | 'simple-signing'
    /** An in-toto statement, of any version and predicate. */
    | 'statement'
    /** The Notary Project's `targetArtifact`. */
    | 'notary-payload';
  readonly bytes: Uint8Array;
}

export type SignatureBlock = SigstoreSignature | NotarySignature;

/** A signature of the Sigstore family: by a key, or by a certificate that lived for minutes. */
export interface SigstoreSignature {
  readonly kind: 'sigstore';
  readonly object: string;
  readonly signature: Uint8Array;
  /** What the signature is over: the payload itself, or the pre-authentication encoding of DSSE. */
  readonly signedBytes: Uint8Array;
  /** How the signed bytes come about; log entries name their content differently. */
  readonly envelope: 'plain' | 'dsse';
  /** The payload inside the envelope, and its DSSE type; of a plain signature the signed bytes and null. */
  readonly payload: Uint8Array;
  readonly payloadType: string | null;
  /** A hint as to which key; never trusted. */
  readonly keyHint: string | null;
  /** DER, leaf first; empty for a signature by a key. */
  readonly certificates: readonly Uint8Array[];
  /** RFC 3161 tokens over `timestamped`, DER. */
  readonly timestamps: readonly Uint8Array[];
  /** The signature; with cosign's attestations (`.att`) the envelope that holds it. */
  readonly timestamped: Uint8Array;
  readonly logEntries: readonly LogEntry[];
  /** What the format asks of the log: an inclusion proof, or that either proof or promise will do. */
  readonly logEvidence: 'proof' | 'promise' | 'either';
}

/** One entry of a transparency log with what shows that it is in there. */
export interface LogEntry {
  /** `hashedrekord` and `0.0.1`, as the carrier says; null where it does not. The body counts. */
  readonly kindVersion: { readonly kind: string; readonly version: string } | null;
  /** SHA-256 of the log's key (Rekor v1), or its checkpoint key id (v2). */
  readonly logId: Uint8Array;
  readonly logIndex: bigint;
  /** Milliseconds since 1970; null where there is none. Counts only together with `inclusionPromise`. */
  readonly integratedTime: number | null;
  readonly canonicalizedBody: Uint8Array;
  /** The log's signature over body, time, index and id (Rekor v1's SignedEntryTimestamp). */
  readonly inclusionPromise: Uint8Array | null;
  readonly inclusionProof: InclusionProof | null;
}

/** A Merkle proof (RFC 6962 section 2.1.1) towards the root of a signed checkpoint. */
export interface InclusionProof {
  readonly logIndex: bigint;
  readonly treeSize: bigint;
  readonly rootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** The signed note; null in old bundles, where a promise has to do. */
  readonly checkpoint: string | null;
}

/** A signature of the Notary Project, in either envelope. Signed attributes are as the envelope has them, of the right type. */
export interface NotarySignature {
  readonly kind: 'notary';
  readonly object: string;
  readonly envelope: 'jws' | 'cose';
  readonly algorithm: NotaryAlgorithm;
  readonly signature: Uint8Array;
  readonly signedBytes: Uint8Array;
  /** DER, leaf first, root last. */
  readonly certificates: readonly Uint8Array[];
  readonly signingScheme: 'notary.x509' | 'notary.x509.signingAuthority';
  /** Milliseconds since 1970. Claimed by the signer under `notary.x509`, vouched for by the authority under the other scheme. */
  readonly signingTime: number;
  readonly expiry: number | null;
  /** A plugin that the signer wants to be asked; there are none here, so a verifier that must ask it refuses. */
  readonly verificationPlugin: string | null;
  /** Critical attributes that this reader does not know: each is a reason to refuse. */
  readonly unknownCritical: readonly string[];
  /** An RFC 3161 token over `signature`, DER; unsigned attribute. */
  readonly timestamp: Uint8Array | null;
  /** Unsigned, for display only. */
  readonly signingAgent: string | null;
}

export type NotaryAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

/** A key that the user trusts, ready to verify. */
export interface TrustedKey {
  readonly key: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo: what the key is called in results. */
  readonly fingerprint: Digest;
  /** DER of the SubjectPublicKeyInfo as OpenSSL writes it, for comparison with log entries: to export it takes half as long as to verify. */
  readonly spki: Uint8Array;
}

/** What verifying one signature gave: who, and when. Only what was shown to be true is in here. */
export interface VerifiedSignature {
  readonly signer: Signer;
  /** Every instant at which the signature is known to have existed, earliest first; empty when nobody vouches for a time. */
  readonly times: readonly VerifiedTime[];
  readonly logs: readonly VerifiedLogEntry[];
}

export type Signer =
  | { readonly kind: 'key'; readonly fingerprint: Digest }
  | {
      readonly kind: 'keyless';
      /** The subject alternative name: a mail address or a URI. */
      readonly subject: string;
      /** The OIDC issuer (Fulcio OID 1.3.6.1.4.1.57264.1.8, or .1.1 in certificates that lack it). */
      readonly issuer: string;
      /** Further claims of the certificate by their names in Fulcio's oid-info.md: `sourceRepositoryURI`, … */
      readonly claims: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: 'x509';
      /** RFC 4514. */
      readonly subject: string;
      readonly issuer: string;
      /** SHA-256 of the leaf certificate. */
      readonly fingerprint: Digest;
    };

export interface VerifiedTime {
  readonly source: 'timestamp-authority' | 'transparency-log' | 'signing-authority';
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Who vouches, for display and for thresholds by operator. */
  readonly authority: string;
}

export interface VerifiedLogEntry {
  /** The log's origin or base URL. */
  readonly log: string;
  /** Two logs of one operator are one witness. */
  readonly operator: string;
  readonly index: bigint;
}
