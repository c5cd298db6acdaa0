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
  /** Signed content that is about another image. */
  | 'SUBJECT_MISMATCH';

/** Why something is not trusted. Every one names the object, what was expected and what was there. */
export class TrustError extends AppError<TrustCode> {}
