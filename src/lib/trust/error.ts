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
  /** A predicate that lacks what the specification of its type requires. */
  | 'PREDICATE_INVALID'
  /** A form that its format allows and that is not verified here: it counts as unsigned. */
  | 'ENVELOPE_UNSUPPORTED'
  /** An identity to look for that is empty, or a pattern that is not RE2. */
  | 'IDENTITY_INVALID'
  /** A certificate that does not say who signed: no issuer, no name or several. */
  | 'IDENTITY_MISSING'
  /** Nobody who is trusted vouches for the time of a signature whose certificate or key counts only for a while. */
  | 'TIME_UNVERIFIED'
  /** A signature that has to be in a transparency log, and is in none that is trusted. */
  | 'LOG_ENTRY_MISSING'
  /** A signature of a time at which its key did not count. */
  | 'KEY_OUTSIDE_VALIDITY'
  /** Signed content that is about another image. */
  | 'SUBJECT_MISMATCH';

/** Why something is not trusted. Every one names the object, what was expected and what was there. */
export class TrustError extends AppError<TrustCode> {}
