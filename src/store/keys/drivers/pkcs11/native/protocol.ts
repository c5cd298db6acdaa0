/**
 * What a token's process is asked, and what it answers: frames of a length (four octets), a kind (one octet) and content.
 * PINs are frames of their own kind, so that they never become text, which could not be overwritten.
 */
export const JSON_FRAME = 0;
export const PIN_FRAME = 1;

export const FRAME_HEAD_BYTES = 5;

/** Values in hex; null where anything will do. */
export interface TokenSearch {
  readonly label: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly slot: number | null;
}

/** Values in hex; null where anything will do. */
export interface KeySearch {
  readonly label: string | null;
  readonly id: string | null;
}

export type TokenRequest =
  | { readonly kind: 'open'; readonly module: string; readonly token: TokenSearch }
  /** At the token's own reader. With a PIN, logging in is a frame of its own. */
  | { readonly kind: 'login' }
  | { readonly kind: 'find'; readonly key: KeySearch }
  | {
      readonly kind: 'sign';
      /** `CKM_…`. */
      readonly mechanism: number;
      /** A structure of CK_ULONGs; none for null. */
      readonly parameter: readonly number[] | null;
      /** Base64. */
      readonly data: string;
    };

/** What the module has of a key: values of attributes in hex, null for those that it does not tell. */
export interface KeyAttributes {
  /** `CKK_…`. */
  readonly keyType: number;
  readonly maySign: boolean;
  readonly modulus: string | null;
  readonly publicExponent: string | null;
  readonly ecParams: string | null;
  readonly ecPoint: string | null;
  /** X.509, of the certificate with the same id. */
  readonly certificate: string | null;
}

export type TokenAnswer =
  /** The one token that was meant. `tries`: what its flags say of PINs that may still be wrong. */
  | {
      readonly kind: 'token';
      readonly login: 'none' | 'pin' | 'reader';
      readonly tries: 'many' | 'few' | 'last' | 'none';
    }
  /** No token or several: how many are meant, and the labels of all that are there. */
  | { readonly kind: 'tokens'; readonly count: number; readonly labels: readonly string[] }
  | { readonly kind: 'login' }
  | { readonly kind: 'key'; readonly key: KeyAttributes }
  /** No key or several. */
  | { readonly kind: 'keys'; readonly count: number }
  | { readonly kind: 'signature'; readonly signature: string }
  /** A function of the module gave an error: `CKR_…`. */
  | { readonly kind: 'failed'; readonly call: string; readonly value: number }
  /** The module cannot be used, or broke its contract. */
  | {
      readonly kind: 'unusable';
      readonly why: 'koffi' | 'platform' | 'load' | 'interface' | 'answer';
      readonly found: string;
    };

/** A frame; the caller overwrites it where it is secret. */
export function frame(kind: number, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafeSlow(FRAME_HEAD_BYTES + content.length);
  bytes.writeUInt32BE(content.length, 0);
  bytes.writeUInt8(kind, 4);
  bytes.set(content, FRAME_HEAD_BYTES);
  return bytes;
}
