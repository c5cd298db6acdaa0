import type { FeedLimits } from '../providers/provider.ts';

/** Something out of a large JSON document. `name` is made of all names that lead to it, joined by slashes, for reports. */
export type FeedMember =
  /** Bytes of one value, as they stand there: to be parsed by `parseStrictJson`, which tells whether they are JSON at all. */
  | {
      readonly kind: 'member';
      /** The names of what `MemberPlace` leaves open, then the member's own; of an element of a list its number. */
      readonly names: readonly string[];
      readonly name: string;
      readonly bytes: Uint8Array;
    }
  /** Larger than a record may be, or a value where an object or a list was expected. */
  | { readonly kind: 'rejected'; readonly name: string; readonly reason: string }
  /** A member on the way that leads elsewhere, such as a count or a date of the whole document; larger ones are passed over. */
  | { readonly kind: 'beside'; readonly name: string; readonly value: unknown };

/**
 * The names that lead from the document to the object or list whose members are wanted: `[]` for the document itself,
 * `['vulnerabilities']` for what is below that. `null` is any name: `[null]` goes into every member of the document.
 */
export type MemberPlace = readonly (string | null)[];

export interface ReadMembersOptions {
  /** What the document is, for errors: the label of the source and its path. */
  readonly object: string;
  readonly place: MemberPlace;
  readonly signal: AbortSignal;
  readonly limits?: FeedLimits;
}
