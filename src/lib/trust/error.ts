import { AppError } from '#base/error.ts';

export type TrustCode =
  /** Bytes that are not DER (X.690) of the structure that belongs there. */
  | 'DER_INVALID'
  /** Text that is not base64 (RFC 4648), strictly: no stray characters, right padding, no bits left over. */
  | 'BASE64_INVALID'
  /** Text that is not PEM (RFC 7468) of the label that belongs there. */
  | 'PEM_INVALID'
  /** A public key of a kind, size or curve that is not accepted, or that cannot be read. */
  | 'KEY_INVALID'
  /** The signature does not verify under the key. */
  | 'SIGNATURE_INVALID'
  /** The algorithm that an envelope names is not the one its key implies. */
  | 'ALGORITHM_MISMATCH'
  /** An envelope, bundle, payload or annotation that does not have the form its format prescribes. */
  | 'ENVELOPE_INVALID'
  /** A type of predicate that is neither a URI nor a short name. */
  | 'PREDICATE_TYPE_INVALID'
  /** A decision whose signer has decided otherwise since. */
  | 'EVIDENCE_SUPERSEDED'
  /** A verdict that does not let the image pass, where one that does is asked for. */
  | 'VERDICT_REFUSED'
  /** A verdict that time has overtaken. */
  | 'VERDICT_EXPIRED'
  /** A predicate that lacks what the specification of its type requires. */
  | 'PREDICATE_INVALID'
  /** An envelope that was found and not read: too large, or gone. */
  | 'ENVELOPE_MISSING'
  /** A form that its format allows and that is not verified here: it counts as unsigned. */
  | 'ENVELOPE_UNSUPPORTED'
  /** An identity to look for that is empty or malformed (the Notary Project's: `C=…, ST=…, O=…`), or a pattern that is not RE2. */
  | 'IDENTITY_INVALID'
  /** A signature by a key where one by a certificate is asked for. */
  | 'CERTIFICATE_MISSING'
  /** A certificate that does not say who signed: no issuer, no name, or several that differ. */
  | 'IDENTITY_UNCLEAR'
  /** Nobody who is trusted vouches for the time of a signature whose certificate or key counts only for a while. */
  | 'TIME_UNVERIFIED'
  /** A signature that has to be in a transparency log, and is in none that is trusted. */
  | 'LOG_ENTRY_MISSING'
  /** A signature of a time at which its key did not count. */
  | 'KEY_OUTSIDE_VALIDITY'
  /** A trust root (`trusted_root.json`, PEM files) that does not have its form, or that leaves open when to believe it. */
  | 'TRUST_ROOT_INVALID'
  /** The current trust root could not be fetched, or its metadata is not signed, expired or older than what was seen. */
  | 'TRUST_ROOT_REFRESH_FAILED'
  /** A log that the trust root does not have, or not for that time. */
  | 'LOG_NOT_TRUSTED'
  /** An entry without the inclusion proof or promise that has to be there. */
  | 'LOG_EVIDENCE_MISSING'
  /** The promise of a log (SignedEntryTimestamp) is not over this entry. */
  | 'LOG_PROMISE_INVALID'
  /** A checkpoint that its log did not sign, or that is about another tree. */
  | 'LOG_CHECKPOINT_INVALID'
  /** A Merkle proof that does not lead from the entry to the root. */
  | 'LOG_PROOF_INVALID'
  /** A log entry whose time is still to come. */
  | 'LOG_TIME_INVALID'
  /** What a log entry says cannot be read, or is of a kind that does not bind a signature. */
  | 'LOG_BODY_INVALID'
  /** A log entry about another signature, content, key or certificate. */
  | 'LOG_BODY_MISMATCH'
  /** No certificate transparency log of the trust root vouches for the certificate. */
  | 'SCT_INVALID'
  /** Bytes that are not CBOR (RFC 8949) of the strict form that signatures use. */
  | 'CBOR_INVALID'
  /** A signed attribute that has to be understood, and is not known here. */
  | 'CRITICAL_ATTRIBUTE_UNKNOWN'
  /** A signature that asks for a verification plugin; there are none here. */
  | 'PLUGIN_NEEDED'
  /** A certificate chain without a certificate of the trust stores of its kind, or a signer whose name is not a trusted one. */
  | 'SIGNER_UNTRUSTED'
  /** A signature whose signer let it end before now. */
  | 'SIGNATURE_EXPIRED'
  /** A certificate that its issuer took back. */
  | 'CERTIFICATE_REVOKED'
  /** Whether a certificate was taken back cannot be told from what is at hand. */
  | 'REVOCATION_UNKNOWN'
  /** A trust store that is empty or holds a certificate that does not belong there. */
  | 'TRUST_STORE_INVALID'
  /** A trust configuration that is not YAML, names something that there is not, or asks for nothing. */
  | 'TRUST_CONFIGURATION_INVALID'
  /** Flags of `verify` that do not say whom to trust, or contradict each other. */
  | 'TRUST_FLAGS_INVALID'
  /** A trust policy of another tool that is not valid there either, so that it cannot be imported. */
  | 'TRUST_IMPORT_INVALID'
  /** Signed content that is about another image. */
  | 'SUBJECT_MISMATCH'
  /** A signature of another kind than the signer makes: by a key, keyless, or of the Notary Project. */
  | 'SIGNER_KIND_MISMATCH'
  /** A keyless signature by an identity that was not asked for. */
  | 'IDENTITY_MISMATCH'
  /** A signature by somebody who counts for another operator already: nobody is two witnesses. */
  | 'SIGNER_COUNTED_ALREADY'
  /** Content that nobody signed. */
  | 'UNSIGNED'
  /** More evidence than is looked at. */
  | 'EVIDENCE_TOO_MUCH'
  /** Evidence that is older than the configuration allows, or of a time still to come. */
  | 'EVIDENCE_STALE'
  /** A signature over an image that its signer calls by another name. */
  | 'REFERENCE_MISMATCH'
  /** A statement of another kind than the requirement needs. */
  | 'PREDICATE_MISMATCH'
  /** Provenance of another builder, level, source or parameters than the configuration allows. */
  | 'PROVENANCE_MISMATCH'
  /** A verification summary that did not pass, or is of another verifier, resource or level. */
  | 'SUMMARY_MISMATCH'
  /** A certificate chain that begins with the certificate of another key than the one that signs. */
  | 'CERTIFICATE_KEY_MISMATCH'
  /** What a key signed does not verify under its public half, or does not read back as what was meant. */
  | 'SIGNED_WRONGLY'
  /** More timestamps or log entries than the form of a signature has a place for, or of a kind that it has none for. */
  | 'WITNESS_UNSUPPORTED'
  /** A certificate that does not have the form RFC 5280 prescribes. */
  | 'CERTIFICATE_INVALID'
  /** No path of certificates leads to one that is trusted, or one on it may not do what it does there. */
  | 'CHAIN_INVALID'
  /** A certificate, or the authority behind it, was not yet or no longer valid at the time that counts. */
  | 'CERTIFICATE_OUTSIDE_VALIDITY'
  /** A signature algorithm that is not accepted: SHA-1, MD5, an unknown one, or odd parameters. */
  | 'ALGORITHM_REFUSED'
  /** A CRL or an OCSP response that cannot be read. */
  | 'REVOCATION_INVALID'
  /** A timestamp token that cannot be read, or that is about other bytes. */
  | 'TIMESTAMP_INVALID'
  /** There is no identity token where one is looked for. */
  | 'IDENTITY_TOKEN_MISSING'
  /** An identity token that is no JSON Web Token, or that does not say who its owner is. */
  | 'IDENTITY_TOKEN_INVALID'
  /** An identity token whose time is over. */
  | 'IDENTITY_TOKEN_EXPIRED'
  /** Fulcio gave no certificate, or none that can be used. */
  | 'CERTIFICATE_NOT_ISSUED'
  /** A timestamp authority did not stamp, or stamped something else than it was asked. */
  | 'TIMESTAMP_REFUSED'
  /** A transparency log did not take an entry, or answered with something else than an entry. */
  | 'LOG_ENTRY_REFUSED'
  /** A Sigstore signing configuration that does not have its form, or has no service for now. */
  | 'SIGNING_CONFIG_INVALID';

/** Why something is not trusted. Every one names the object, what was expected and what was there. */
export class TrustError extends AppError<TrustCode> {}
