import type { ProvenancePredicate } from './predicates/predicate.ts';

/** What a policy expects of provenance; a member that is null is not checked. */
export interface ProvenanceExpectation {
  /** Builders that may build, by their exact id, with the level that this configuration grants them. Empty: nobody. */
  readonly builders: readonly TrustedBuilder[];
  /** The SLSA build level that is asked for. */
  readonly minimumLevel: number | null;
  /** Exact ids; null: any. */
  readonly buildTypes: readonly string[] | null;
  /** Repositories that the source may come from: `https://github.com/org/repo`. Null: any. */
  readonly sources: readonly string[] | null;
  /** Refs that the source may have been at: `refs/heads/main`. Null: any. */
  readonly refs: readonly string[] | null;
  /** Names of external parameters that are known to be harmless; any other is a fault. Null: any. */
  readonly externalParameters: readonly string[] | null;
}

export interface TrustedBuilder {
  readonly id: string;
  readonly level: number;
}

/** One thing that is not as expected. */
export interface ProvenanceFault {
  readonly what: 'builder' | 'level' | 'build-type' | 'source' | 'ref' | 'external-parameter';
  readonly expected: string;
  readonly found: string;
}

export declare function checkProvenance(
  provenance: ProvenancePredicate,
  expectation: ProvenanceExpectation,
): readonly ProvenanceFault[];
