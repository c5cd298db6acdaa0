import type { Digest } from '#base/digest.ts';
import type { EvaluateRequest } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import type { Verdict } from '#model/verdict.ts';

/** Canonical JSON by its digest, as `digestFacts` gives it: the parts of the facts among others. */
export type FactTexts = ReadonlyMap<Digest, string>;

/** What a thread is told: the documents of a set once, and then what to decide by it. All of it is plain data, and copied. */
export type ToThread =
  | { readonly kind: 'set'; readonly id: number; readonly set: PolicySet }
  | { readonly kind: 'evaluate'; readonly set: number; readonly environment: string; readonly request: SentRequest };

/** What is compiled is not sent: it is compiled again. */
export interface SentRequest extends Omit<EvaluateRequest, 'compiled' | 'set' | 'facts'> {
  /** JSON of the parts in the order of `FACT_PARTS`: texts are handed over faster than what they say. */
  readonly facts: readonly string[];
}

export type FromThread =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'fault'; readonly message: string };
