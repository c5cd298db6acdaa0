import type { Digest, DigestAlgorithm } from '#base/digest.ts';

/** The size of one piece of the memory that is shared with the hashing thread, and how many pieces there are. */
export const SLOT_BYTES = 1024 * 1024;
export const SLOTS = 8;

export type ToThread =
  | { readonly kind: 'open'; readonly lane: number; readonly algorithm: DigestAlgorithm }
  | { readonly kind: 'bytes'; readonly lane: number; readonly slot: number; readonly length: number }
  | { readonly kind: 'close'; readonly lane: number };

export type FromThread =
  | { readonly kind: 'free'; readonly slot: number }
  | { readonly kind: 'digest'; readonly lane: number; readonly digest: Digest };
