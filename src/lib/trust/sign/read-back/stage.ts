import type { TrustRoot } from '../../trust-root/trust-root.ts';
import type { Witnesses } from '../witness.ts';

/** How far along an artifact is: what has to be in it, and verify. Times in milliseconds since 1970. */
export type ReadBack =
  /** Nobody was asked about the signature yet. */
  | { readonly stage: 'bare'; readonly now: number }
  /** All of `witnesses` were, and all that there is has to verify under `root` if there is one. */
  | {
      readonly stage: 'witnessed';
      readonly now: number;
      readonly witnesses: Witnesses;
      readonly root: TrustRoot | null;
    };
