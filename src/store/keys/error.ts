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
  /** The reference names a place for keys that is not known here. */
  | 'KEY_REFERENCE_UNKNOWN';

/** What is wrong with a key, or with the way to it. Never holds a secret, nor bytes of the key file. */
export class KeyError extends AppError<KeyCode> {}
