import { quote } from '#base/error.ts';
import type { ProvenancePredicate } from './predicates/predicate.ts';
import { type BuildSource, parseSource, sourcesOf } from './source.ts';

/** What a policy expects of provenance; a member that is null is not checked. */
export interface ProvenanceExpectation {
  /** Builders that may build, by their exact id, with the level that this configuration grants them. Empty: nobody. */
  readonly builders: readonly TrustedBuilder[];
  /** The SLSA build level that is asked for. */
  readonly minimumLevel: number | null;
  /** Exact ids; null: any. */
  readonly buildTypes: readonly string[] | null;
  /** Repositories that the source may come from: `https://github.com/org/repo`, with `@refs/…` at that ref alone. Null: any. */
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

/** One thing that is not as expected. Texts of the provenance are quoted. */
export interface ProvenanceFault {
  readonly what: 'builder' | 'level' | 'build-type' | 'source' | 'ref' | 'external-parameter';
  readonly expected: string;
  readonly found: string;
}

/**
 * Compares provenance, whose signature and subject are verified, with what is expected (SLSA, verifying artifacts, steps 1
 * and 2). All texts are compared whole. No faults: as expected.
 */
export function checkProvenance(
  provenance: ProvenancePredicate,
  expectation: ProvenanceExpectation,
): readonly ProvenanceFault[] {
  return [
    ...checkBuilder(provenance.builderId, expectation),
    ...checkBuildType(provenance.buildType, expectation.buildTypes),
    ...checkSources(provenance, expectation),
    ...checkExternalParameters(provenance, expectation.externalParameters),
  ];
}

function checkBuilder(id: string | null, expectation: ProvenanceExpectation): readonly ProvenanceFault[] {
  const levels = expectation.builders.filter((builder) => builder.id === id).map((builder) => builder.level);
  if (levels.length === 0) {
    const expected = oneOf(expectation.builders.map((builder) => builder.id));
    return [{ what: 'builder', expected, found: id === null ? 'a builder without an id' : quote(id) }];
  }
  // Where one is listed twice, the more cautious entry counts.
  const level = Math.min(...levels);
  const minimum = expectation.minimumLevel;
  return minimum === null || level >= minimum
    ? []
    : [{ what: 'level', expected: `SLSA build level ${minimum}`, found: `level ${level} for ${quote(id ?? '')}` }];
}

function checkBuildType(buildType: string, allowed: readonly string[] | null): readonly ProvenanceFault[] {
  return allowed === null || allowed.includes(buildType)
    ? []
    : [{ what: 'build-type', expected: oneOf(allowed), found: quote(buildType) }];
}

/** Every place that names the source has to name one that is allowed: a builder's words must not contradict each other. */
function checkSources(provenance: ProvenancePredicate, expectation: ProvenanceExpectation): readonly ProvenanceFault[] {
  const found = sourcesOf(provenance);
  const faults: ProvenanceFault[] = [];
  if (expectation.sources !== null) {
    const allowed = expectation.sources.map((source) => parseSource(source));
    const others = found.filter((source) => !allowed.some((one) => isWithin(source, one))).map(textOfSource);
    faults.push(...faultsOf('source', expectation.sources, others, found.length));
  }
  if (expectation.refs !== null) {
    const refs = expectation.refs;
    const others = found.map((source) => source.ref ?? 'no ref').filter((ref) => !refs.includes(ref));
    faults.push(...faultsOf('ref', refs, others, found.length));
  }
  return faults;
}

/** An expected source without a ref is met at every ref. */
function isWithin(source: BuildSource, allowed: BuildSource): boolean {
  return source.repository === allowed.repository && (allowed.ref === null || source.ref === allowed.ref);
}

function textOfSource({ repository, ref }: BuildSource): string {
  return ref === null ? repository : `${repository}@${ref}`;
}

function faultsOf(
  what: 'source' | 'ref',
  allowed: readonly string[],
  others: readonly string[],
  places: number,
): readonly ProvenanceFault[] {
  if (places === 0) {
    return [{ what, expected: oneOf(allowed), found: 'no source' }];
  }
  return others.map((other) => ({ what, expected: oneOf(allowed), found: quote(other) }));
}

/** SLSA, verifying artifacts: parameters that are not known should be a failure, since they may change what is built. */
function checkExternalParameters(
  provenance: ProvenancePredicate,
  known: readonly string[] | null,
): readonly ProvenanceFault[] {
  if (known === null) {
    return [];
  }
  return [...provenance.externalParameters.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => ({ what: 'external-parameter', expected: oneOf(known), found: quote(name) }));
}

function oneOf(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.join(' or ');
}
