import type { Digest } from '#base/digest.ts';
import type { Facts, FactsManifest } from '#model/facts.ts';
import type { PolicyContext, PolicySet } from '#model/policy.ts';
import type { CompiledEnvironment } from '../compile/compiled.ts';

/** All that a verdict is made of. `evaluate(request)` is pure: the same request gives the same verdict, byte for byte. */
export interface EvaluateRequest {
  readonly facts: Facts;
  /** Its manifest, and the digest of that. */
  readonly manifest: FactsManifest;
  readonly factsDigest: Digest;
  readonly compiled: CompiledEnvironment;
  /** Exceptions, sources and the revision are of it. */
  readonly set: PolicySet;
  readonly context: PolicyContext;
  /** Why unknowns may pass, in the words of whoever asks; null where they may not. */
  readonly allowUnknown: string | null;
  readonly budget: EvaluationBudget;
}

/** Units of cost. Past it a rule is an error, which denies. Not a part of the verdict but for what it makes of one. */
export interface EvaluationBudget {
  readonly perRule: number;
  readonly perEvaluation: number;
}

/** As Kubernetes has them: PerCallLimit and RuntimeCELCostBudget. */
export const BUDGET: EvaluationBudget = { perRule: 1_000_000, perEvaluation: 10_000_000 };
