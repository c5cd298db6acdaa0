import { AppError } from '#base/error.ts';

export type KeyCode =
  /** The file is not a private key in a form that is read here, or it contradicts itself. */
  | 'KEY_FILE_INVALID'
  /** A key file is there already, and is not overwritten without being told to. */
  | 'KEY_FILE_EXISTS'
  /** The passphrase does not open the key. */
  | 'KEY_PASSPHRASE_WRONG'
  /** A new key needs a passphrase, and an empty one is none. */
  | 'KEY_PASSPHRASE_MISSING'
  /** A key of a kind, size or curve that nothing is signed with here. */
  | 'KEY_UNSUPPORTED'
  /** A signature was asked for that keys of this kind do not make. */
  | 'KEY_SCHEME_MISMATCH'
  /** The key was closed before it was asked to sign. */
  | 'KEY_CLOSED'
  /** The place for keys has no such key, or no such version of it, or several that the reference could mean. */
  | 'KEY_NOT_FOUND'
  /** Nothing says who asks, or where the service that keeps the key is. */
  | 'KEY_CREDENTIALS_MISSING'
  /** No answer of the service that keeps the key, or one that it cannot give now. */
  | 'KEY_SERVICE_UNREACHABLE'
  /** The service that keeps the key does not allow what was asked: a right is missing, or a token has expired. */
  | 'KEY_SERVICE_REFUSED'
  /** The service that keeps the key was asked too often. */
  | 'KEY_SERVICE_THROTTLED'
  /** The answer of the service is not what it should be, or is about another key. */
  | 'KEY_SERVICE_ANSWER_INVALID'
  /** The reference names a place for keys that is not known here. */
  | 'KEY_REFERENCE_UNKNOWN'
  /** The reference has the form of a driver's own and is malformed, or leaves out what it needs. */
  | 'KEY_REFERENCE_INVALID'
  /** Whoever asks may not sign with the key, or the key is not one for signing. */
  | 'KEY_NOT_PERMITTED'
  /** The PKCS #11 module cannot be loaded, crashes, or breaks the rules of its interface. */
  | 'KEY_MODULE_FAILED'
  /** The token answered with an error; it is named by its `CKR_` name. */
  | 'KEY_TOKEN_FAILED'
  /** The token was removed, or its session closed, before it had signed. */
  | 'KEY_TOKEN_GONE';

/** What is wrong with a key, or with the way to it. Never holds a secret, nor bytes of the key file. */
export class KeyError extends AppError<KeyCode> {}
