import type { Facts, FindingFact, PackageFact } from '#model/facts.ts';
import type { Environment, PolicyContext, Source } from '#model/policy.ts';
import type { CelValue } from '../language/value.ts';
import { viewOfEnvironment, viewOfSource } from './document-schema.ts';
import { SCHEMA_VARIABLES } from './schema.ts';
import { licensesWithout, lifecycleWithout } from './without-packages.ts';

/** What an evaluation is about, as plain data. */
export interface BoundInput {
  readonly facts: Facts;
  readonly sources: readonly Source[];
  readonly environment: Environment;
  readonly context: PolicyContext;
}

/** What exceptions take out for the rules that see a view: objects of the facts, by identity. */
export interface TakenOut {
  readonly findings: ReadonlySet<FindingFact>;
  readonly packages: ReadonlySet<PackageFact>;
}

/** The values of variables. Each is made when it is first asked for, once. */
export interface BoundFacts {
  /** Undefined for `params`, `variables` and names that are none of the schema. */
  lookUp(variable: string): CelValue | undefined;
  /**
   * The same without some findings, which are then among `exceptedFindings`, and packages, with what `licenses` and `lifecycle` say of them. Shares all
   * values with this.
   */
  without(taken: TakenOut): BoundFacts;
}

/** What VEX documents except is out of `findings` always. */
export function bindFacts(input: BoundInput): BoundFacts {
  const elements = new Map<object, CelValue>();
  const shared = new Map<string, CelValue>();
  return bound(input, { elements, shared }, { findings: new Set(), packages: new Set() });
}

interface Made {
  /** By the objects that they are of. */
  readonly elements: Map<object, CelValue>;
  /** Variables that are the same in every view. */
  readonly shared: Map<string, CelValue>;
}

function bound(input: BoundInput, made: Made, taken: TakenOut): BoundFacts {
  const own = new Map<string, CelValue>();
  const { facts } = input;
  const counts = (finding: FindingFact): boolean => finding.excepted === null && !taken.findings.has(finding);
  const viewed: Readonly<Record<string, () => readonly object[]>> = {
    packages: () => facts.packages.filter((one) => !taken.packages.has(one)),
    findings: () => facts.findings.filter(counts),
    exceptedFindings: () => facts.findings.filter((finding) => !counts(finding)),
    licenses: () => licensesWithout(facts.licenses, taken.packages),
    lifecycle: () => lifecycleWithout(facts.lifecycle, taken.packages),
  };
  const lookUp = (variable: string): CelValue | undefined => {
    const known = own.get(variable) ?? made.shared.get(variable);
    if (known !== undefined) {
      return known;
    }
    const objects = viewed[variable];
    const value = objects === undefined ? sharedValue(input, variable) : listOf(objects(), variable, made.elements);
    if (value !== undefined) {
      (objects === undefined ? made.shared : own).set(variable, value);
    }
    return value;
  };
  return { lookUp, without: (more) => bound(input, made, more) };
}

function sharedValue({ facts, sources, environment, context }: BoundInput, variable: string): CelValue | undefined {
  const raw: Readonly<Record<string, unknown>> = {
    ...facts,
    sources: sources.map(viewOfSource),
    environment: viewOfEnvironment(environment),
    context,
  };
  return SCHEMA_VARIABLES.get(variable)?.read(raw[variable]);
}

function listOf(objects: readonly object[], variable: string, elements: Made['elements']): readonly CelValue[] {
  const read = SCHEMA_VARIABLES.get(variable)?.element;
  return objects.map((raw) => {
    const known = elements.get(raw);
    if (known !== undefined || read === undefined) {
      return known ?? null;
    }
    const value = read(raw);
    elements.set(raw, value);
    return value;
  });
}
