import { toMilliseconds } from '#base/duration.ts';
import { quote } from '#base/error.ts';
import { parsePattern, type RepositoryPattern, usualSpelling } from '#model/repository-pattern.ts';
import type {
  AttestationRequirement,
  Freshness,
  PinnedBuilder,
  ProvenanceRequirement,
  Requirement,
  SignatureRequirement,
  SignedReference,
  SummaryRequirement,
  TrustedSigner,
  TrustRule,
} from './configuration.ts';
import type { Loading, Path } from './files.ts';
import { predicateSelector } from './predicate-type.ts';
import type { AttestationEntry, RequirementEntry, RuleEntry, SignatureEntry } from './schema.ts';
import { textMatcher } from './texts.ts';

type Signers = ReadonlyMap<string, TrustedSigner>;

/** Throws `TRUST_CONFIGURATION_INVALID`, `IDENTITY_INVALID`. */
export function resolveRules(entries: readonly RuleEntry[], signers: Signers, loading: Loading): readonly TrustRule[] {
  const names = new Set<string>();
  return entries.map((entry, index) => {
    const path = ['rules', index];
    if (names.has(entry.name)) {
      throw loading.invalid([...path, 'name'], 'every rule under a name of its own', `${quote(entry.name)} again`);
    }
    names.add(entry.name);
    return {
      name: entry.name,
      repositories: patternsOf(entry.repositories, [...path, 'repositories'], loading),
      except: patternsOf(entry.except ?? [], [...path, 'except'], loading),
      platforms: entry.platforms,
      requirements: entry.require.map((requirement, at) =>
        resolveRequirement(requirement, `require[${at}]`, [...path, 'require', at], signers, loading),
      ),
    };
  });
}

function patternsOf(texts: readonly string[], path: Path, loading: Loading): readonly RepositoryPattern[] {
  return texts.map((text, index) => {
    const pattern = parsePattern(text);
    if (typeof pattern === 'string') {
      throw loading.invalid([...path, index], pattern, quote(text));
    }
    return pattern;
  });
}

function resolveRequirement(
  entry: RequirementEntry,
  place: string,
  path: Path,
  signers: Signers,
  loading: Loading,
): Requirement {
  if (entry.signature !== undefined) {
    return signatureRequirement(entry.signature, place, [...path, 'signature'], signers, loading);
  }
  if (entry.attestation !== undefined) {
    return attestationRequirement(entry.attestation, place, [...path, 'attestation'], signers, loading);
  }
  if (entry.refuse !== undefined) {
    return { kind: 'refuse', place, reason: entry.refuse };
  }
  throw loading.invalid(path, 'exactly one of signature, attestation, refuse', 'none');
}

function signatureRequirement(
  entry: SignatureEntry,
  place: string,
  path: Path,
  signers: Signers,
  loading: Loading,
): SignatureRequirement {
  return {
    kind: 'signature',
    place,
    ...signersAndThreshold(entry, path, signers, loading),
    freshness: freshnessOf(entry.maxAge, 'verified-time'),
    signedReference: signedReferenceOf(entry.signedReference, path, loading),
  };
}

function attestationRequirement(
  entry: AttestationEntry,
  place: string,
  path: Path,
  signers: Signers,
  loading: Loading,
): AttestationRequirement {
  const said = signersAndThreshold(entry, path, signers, loading);
  const predicateType = predicateSelector(entry.predicateType);
  if (predicateType === null) {
    throw loading.invalid(
      [...path, 'predicateType'],
      'a URI, or the name of a kind of predicate',
      quote(entry.predicateType),
    );
  }
  for (const [member, kind] of [
    ['provenance', 'provenance'],
    ['summary', 'verification-summary'],
    ['environments', 'policy-verdict'],
  ] as const) {
    if (entry[member] !== undefined && predicateType.kind !== kind) {
      throw loading.invalid(
        [...path, member],
        `${member} only beside a predicateType of that kind`,
        quote(entry.predicateType),
      );
    }
  }
  // What may sail in one water may not in another.
  if (predicateType.kind === 'policy-verdict' && entry.environments === undefined) {
    throw loading.invalid(path, 'environments, the ones that the verdict may be for', 'none');
  }
  return {
    kind: 'attestation',
    place,
    predicateType,
    ...said,
    freshness: freshnessOf(entry.maxAge, entry.ageFrom ?? 'verified-time'),
    provenance: provenanceOf(entry.provenance, [...path, 'provenance'], said.signers, loading),
    summary: summaryOf(entry.summary, [...path, 'summary'], said.signers, loading),
    environments: entry.environments ?? null,
  };
}

/** A threshold that no set of signatures could reach would look strict and be a mistake; one that a single team reaches would be none. */
function signersAndThreshold(
  entry: { readonly signers: readonly string[]; readonly threshold?: number | undefined },
  path: Path,
  signers: Signers,
  loading: Loading,
): Pick<SignatureRequirement, 'signers' | 'threshold'> {
  const named = signersOf(entry.signers, [...path, 'signers'], signers, loading);
  const threshold = entry.threshold ?? 1;
  const operators = new Set(named.map(({ operator }) => operator)).size;
  if (threshold > operators) {
    throw loading.invalid(
      [...path, 'threshold'],
      `at most ${operators}, the number of distinct operators among the signers`,
      String(threshold),
    );
  }
  if (threshold > 1) {
    assertOneOperatorEach(named, path, loading);
  }
  return { signers: named, threshold };
}

/** One signature would count as those of two operators otherwise. Patterns that overlap are not found here. */
function assertOneOperatorEach(signers: readonly TrustedSigner[], path: Path, loading: Loading): void {
  const operators = new Map<string, string>();
  for (const [index, signer] of signers.entries()) {
    const who = identityOf(signer) ?? `signer ${signer.name}`;
    const known = operators.get(who) ?? signer.operator;
    if (known !== signer.operator) {
      const found = `${quote(known)} and ${quote(signer.operator)}`;
      throw loading.invalid([...path, 'signers', index], 'one operator for a key or identity', found);
    }
    operators.set(who, known);
  }
}

/** Who signs, where that is one key or one exact identity; null where it may be several. */
function identityOf(signer: TrustedSigner): string | null {
  if (signer.kind === 'key') {
    return signer.key.fingerprint;
  }
  if (signer.kind === 'x509') {
    return null;
  }
  const { issuer, subject } = signer.identity;
  return issuer.kind === 'exact' && subject.kind === 'exact' ? JSON.stringify([issuer.value, subject.value]) : null;
}

function signersOf(names: readonly string[], path: Path, signers: Signers, loading: Loading): readonly TrustedSigner[] {
  return names.map((name, index) => {
    const signer = signers.get(name);
    if (signer === undefined) {
      throw loading.invalid([...path, index], 'the name of one of the signers', quote(name));
    }
    if (names.indexOf(name) !== index) {
      throw loading.invalid([...path, index], 'every signer once', `${quote(name)} again`);
    }
    return signer;
  });
}

/** The signers of a builder or verifier: some of the requirement's, all where none are named. */
function speakersOf(
  names: readonly string[] | undefined,
  path: Path,
  all: readonly TrustedSigner[],
  loading: Loading,
): readonly TrustedSigner[] {
  if (names === undefined) {
    return all;
  }
  const known = new Map(all.map((signer) => [signer.name, signer]));
  return names.map((name, index) => {
    const signer = known.get(name);
    if (signer === undefined) {
      throw loading.invalid([...path, index], "one of the requirement's signers", quote(name));
    }
    return signer;
  });
}

function provenanceOf(
  entry: AttestationEntry['provenance'],
  path: Path,
  signers: readonly TrustedSigner[],
  loading: Loading,
): ProvenanceRequirement | null {
  if (entry === undefined) {
    return null;
  }
  const builders = entry.builders.map(
    (builder, index): PinnedBuilder => ({
      id: builder.id,
      level: builder.level,
      signers: speakersOf(builder.signers, [...path, 'builders', index, 'signers'], signers, loading),
    }),
  );
  const minimumLevel = entry.minimumLevel ?? null;
  const best = Math.max(...builders.map(({ level }) => level));
  if (minimumLevel !== null && best < minimumLevel) {
    throw loading.invalid(
      [...path, 'minimumLevel'],
      `at most ${best}, the level of the best builder`,
      String(minimumLevel),
    );
  }
  return {
    builders,
    minimumLevel,
    buildTypes: entry.buildTypes ?? null,
    sources: entry.sources ?? null,
    refs: entry.refs ?? null,
    externalParameters: entry.externalParameters?.allow ?? null,
  };
}

function summaryOf(
  entry: AttestationEntry['summary'],
  path: Path,
  signers: readonly TrustedSigner[],
  loading: Loading,
): SummaryRequirement | null {
  if (entry === undefined) {
    return null;
  }
  return {
    verifiers: entry.verifiers.map((verifier, index) => ({
      id: verifier.id,
      signers: speakersOf(verifier.signers, [...path, 'verifiers', index, 'signers'], signers, loading),
    })),
    levels: entry.levels,
    resourceUri: textMatcher(entry.resourceUri, loading.place([...path, 'resourceUri'])),
  };
}

function freshnessOf(maxAge: string | undefined, ageFrom: Freshness['ageFrom']): Freshness | null {
  return maxAge === undefined ? null : { maxAge: toMilliseconds(maxAge), ageFrom };
}

function signedReferenceOf(
  entry: SignatureEntry['signedReference'],
  path: Path,
  loading: Loading,
): SignedReference | null {
  if (entry === undefined) {
    return null;
  }
  if (typeof entry === 'string') {
    return { kind: entry };
  }
  const repository = usualSpelling(entry.repository);
  if (repository === null || /[*@]/.test(repository)) {
    throw loading.invalid(
      [...path, 'signedReference', 'repository'],
      'registry.example/team/app',
      quote(entry.repository),
    );
  }
  return { kind: 'repository', repository };
}
