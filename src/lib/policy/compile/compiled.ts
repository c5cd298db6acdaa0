import type { Action, Environment, Policy, PolicySet, Validation } from '#model/policy.ts';
import type { Program } from '../language/program.ts';
import type { CelValue } from '../language/value.ts';

/**
 * Documents whose expressions have been read and checked against the facts: what `evaluate` runs. Made once for a revision
 * and used for every image.
 */
export interface CompiledSet {
  readonly set: PolicySet;
  /** By name. */
  readonly environments: ReadonlyMap<string, CompiledEnvironment>;
}

export interface CompiledEnvironment {
  readonly environment: Environment;
  /** Those it selects, sorted by name. */
  readonly policies: readonly CompiledPolicy[];
}

export interface CompiledPolicy {
  readonly policy: Policy;
  /** Every parameter with what the environment or its default says, as `params` of CEL has it. */
  readonly parameters: ReadonlyMap<string, CelValue>;
  readonly conditions: readonly CompiledExpression[];
  /** In the order of the document; each sees those before it. */
  readonly variables: readonly CompiledExpression[];
  /** Those that the environment does not leave out, in the order of the document. */
  readonly validations: readonly CompiledValidation[];
}

export interface CompiledExpression {
  readonly name: string;
  readonly program: Program;
}

export interface CompiledValidation {
  /** `POLICY/RULE`. */
  readonly rule: string;
  readonly validation: Validation;
  /** As the environment has it. */
  readonly action: Action;
  readonly program: Program;
  readonly message: Program | null;
  /** Whether it, a variable that it reads, or a condition of its policy reads the context or the time. */
  readonly contextual: boolean;
}

/** What is wrong with documents, or not wise: `policy check` shows all of them. */
export interface DocumentIssue {
  readonly severity: 'error' | 'warning';
  /** `unknown-field`, `cyclic-variables`, `shadowed`, `unused-variable`: data of the reference page. */
  readonly code: string;
  readonly file: string;
  /** 1 for the first; 0 where no line is meant. */
  readonly line: number;
  readonly column: number;
  /** Which part of the document: `validations > [0] > expression`. Empty for the whole. */
  readonly place: string;
  readonly message: string;
}

export type CompiledOrNot =
  | { readonly ok: true; readonly compiled: CompiledSet; readonly issues: readonly DocumentIssue[] }
  | { readonly ok: false; readonly issues: readonly DocumentIssue[] };
