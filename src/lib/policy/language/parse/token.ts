/** A word of an expression. `end` is the offset after it. */
export type Token =
  | (Place & { readonly kind: 'identifier' | 'quoted-identifier'; readonly text: string })
  | (Place & { readonly kind: 'symbol'; readonly text: string })
  | (Place & { readonly kind: 'word'; readonly value: null | boolean; readonly text: string })
  | (Place & { readonly kind: 'string'; readonly value: string })
  | (Place & { readonly kind: 'bytes'; readonly value: Uint8Array })
  /** Without its sign, so that it may be one more than the largest int. */
  | (Place & { readonly kind: 'int'; readonly magnitude: bigint })
  | (Place & { readonly kind: 'uint'; readonly magnitude: bigint })
  | (Place & { readonly kind: 'double'; readonly magnitude: number })
  | (Place & { readonly kind: 'end' });

interface Place {
  readonly offset: number;
  readonly end: number;
}
