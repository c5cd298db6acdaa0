import type { Digest } from '#base/digest.ts';
import type { Action, PolicyContext } from './policy.ts';

/** The type of the statement that holds a verdict by policy. The one of `--fail-on` is in `gate-verdict.ts`. */
export const VERDICT_TYPE = 'https://plimsoll.dev/attestation/verdict/v2';

export const DECISIONS = ['admit', 'warn', 'refuse'] as const;
export type Decision = (typeof DECISIONS)[number];

/**
 * What a policy says of one image in one environment. `evaluate` makes it of facts, policies, exceptions and context alone, and its
 * canonical JSON is the record: the same input gives the same bytes. Times are ISO 8601 UTC with milliseconds.
 */
export interface Verdict {
  /** Raised in its second part when members are added, in its first when a member changes or goes. */
  readonly schemaVersion: '2.0';
  readonly engine: VerdictEngine;
  readonly image: VerdictImage;
  readonly context: PolicyContext;
  readonly decision: Decision;
  /**
   * Of a refusal: `rules` where a rule refuses for certain, `error` where one could not be evaluated, `unknowns` where only what is
   * not known stands in the way, `unmatched` where no policy speaks of the image. Null where it is not refused.
   */
  readonly because: RefusalCause | null;
  /** Sentence parts, the decisive one first. */
  readonly reasons: readonly string[];
  /** Every rule of every policy that the environment selects, sorted by name. */
  readonly rules: readonly RuleResult[];
  readonly unknowns: UnknownsResult;
  /** Those that made a difference, sorted by name. */
  readonly exceptions: readonly UsedException[];
  /** Those that are for this environment and image and made none, and those that have expired or last too long. */
  readonly idleExceptions: readonly IdleException[];
  readonly score: Score;
  /** The first instant at which time alone could change the decision or the outcome of a rule; null when it never could. */
  readonly validUntil: string | null;
  readonly inputs: VerdictInputs;
}

export type RefusalCause = 'rules' | 'error' | 'unknowns' | 'unmatched';

export interface VerdictEngine {
  readonly name: 'plimsoll';
  /** Raised when the same input could give another verdict: a record is replayed by the engine of its version. */
  readonly version: number;
}

export interface VerdictImage {
  readonly reference: string;
  readonly repository: string | null;
  readonly digest: Digest | null;
  readonly platform: string | null;
}

/**
 * `passed`; `failed`: the image breaks it; `excepted`: it does and an exception lets it; `error`: it could not be evaluated, which
 * counts as broken; `skipped`: the policy or the rule does not speak of this image, stage or environment.
 */
export const OUTCOMES = ['passed', 'failed', 'excepted', 'error', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface RuleResult {
  /** `POLICY/RULE`. */
  readonly rule: string;
  readonly title: string;
  readonly outcome: Outcome;
  /** As the environment has it, before a grace window. */
  readonly action: Action;
  /** What came of it: `none` for what did not fail. A refusal within a grace window is a `warn`. */
  readonly effect: Action | 'none';
  /** Until when the grace window makes a warning of a refusal; null where there is none. */
  readonly graceUntil: string | null;
  /** A sentence without its full stop; empty for what did not fail. */
  readonly message: string;
  readonly remediation: string;
  /** Whether it reads the context. */
  readonly contextual: boolean;
  /** What the expression saw: of what did not pass. Sub-expressions with their values as text, in the order of the text, shortened. */
  readonly saw: readonly SeenValue[];
  /** Units, see `docs/reference/policy-language.md`. */
  readonly cost: number;
  /** Names of exceptions that changed what it saw or came of it. */
  readonly exceptions: readonly string[];
}

export interface SeenValue {
  readonly expression: string;
  readonly value: string;
}

export interface UnknownsResult {
  readonly tolerated: number;
  /** Those that stand in the way of an admission. */
  readonly refused: number;
  /** The first of them, in words. */
  readonly reasons: readonly string[];
  /** Why the asker lets them pass (`--allow-unknown`); null where nobody does. */
  readonly allowed: string | null;
}

export interface UsedException {
  readonly name: string;
  readonly digest: Digest;
  readonly expires: string;
  readonly approver: string;
  readonly ticket: string;
  /** Rules for which it changed something. */
  readonly rules: readonly string[];
  /** Findings that it took out, by id, sorted. */
  readonly findings: readonly string[];
}

export interface IdleException {
  readonly name: string;
  readonly digest: Digest;
  readonly why: 'unused' | 'expired' | 'too-long' | 'not-yet';
  readonly expires: string;
}

/** 0 to 100, 100 is best: `docs/reference/score.md` has the formula. */
export interface Score {
  readonly value: number;
  readonly parts: readonly ScorePart[];
}

/** What took points off. */
export interface ScorePart {
  readonly name: string;
  readonly points: number;
  readonly from: string;
}

/** What the verdict is made of, by digest. */
export interface VerdictInputs {
  /** Of the facts' manifest. */
  readonly facts: Digest;
  /** Of the set that was active. */
  readonly revision: Digest;
  readonly environment: Digest;
  /** Those that the environment selects, sorted by name. */
  readonly policies: readonly NamedDigest[];
  readonly exceptions: readonly NamedDigest[];
  readonly sources: readonly NamedDigest[];
  readonly context: Digest;
  /** What else was asked, as canonical JSON's digest: `allowUnknown`. */
  readonly request: Digest;
}

export interface NamedDigest {
  readonly name: string;
  readonly digest: Digest;
}
