import type { VexDocument } from '#lib/vex/index.ts';
import type { GateDecision } from '#model/gate-verdict.ts';
import type { Stage } from '#model/policy.ts';
import type { Decision, NamedDigest, RefusalCause } from '#model/verdict.ts';

/** What a statement says, typed by its predicate type. A member of the union that a policy asks for is complete: see `readPredicate`. */
export type Predicate =
  | ProvenancePredicate
  | SummaryPredicate
  | SbomPredicate
  | VexPredicate
  | VulnerabilityPredicate
  | TestResultPredicate
  | SarifPredicate
  | DastPredicate
  | VerdictPredicate
  | PolicyVerdictPredicate
  | SignaturePredicate
  | OtherPredicate;

export type PredicateKind = Predicate['kind'];

/** A digest set of in-toto: algorithm to value, as written (in-toto/attestation spec/v1/digest_set.md). */
export type DigestSet = ReadonlyMap<string, string>;

/** Something that went into a build or a verification, or came out of it; what is not said is null or empty. */
export interface Resource {
  readonly name: string | null;
  readonly uri: string | null;
  readonly digest: DigestSet;
}

/** SLSA build provenance; version 0.2 in the words of version 1 as far as they fit. */
export interface ProvenancePredicate {
  readonly kind: 'provenance';
  readonly version: '0.2' | '1';
  /** Null where the builder left it empty, as BuildKit does unless told otherwise: then nobody says who built it. */
  readonly builderId: string | null;
  readonly buildType: string;
  /** What the outside asked of the builder, as plain JSON: of version 0.2 the members of `invocation.parameters`. */
  readonly externalParameters: ReadonlyMap<string, unknown>;
  /** Where the build was configured to begin: `invocation.configSource` of version 0.2; version 1 leaves it to the build type. */
  readonly configSource: ConfigSource | null;
  /** `resolvedDependencies`, or `materials`. */
  readonly resolvedDependencies: readonly Resource[];
  readonly invocationId: string | null;
  /** Milliseconds since 1970, as the builder says. */
  readonly startedOn: number | null;
  readonly finishedOn: number | null;
  /** What the builder says to be complete. Version 1 has no such claims. */
  readonly completeness: Completeness | null;
  readonly reproducible: boolean | null;
}

export interface ConfigSource {
  readonly uri: string | null;
  readonly digest: DigestSet;
  readonly entryPoint: string | null;
}

export interface Completeness {
  readonly parameters: boolean;
  readonly environment: boolean;
  readonly materials: boolean;
}

/** SLSA verification summary: somebody else verified, and says with what result. */
export interface SummaryPredicate {
  readonly kind: 'verification-summary';
  readonly verifierId: string;
  /** Milliseconds since 1970, as the verifier says; null where it does not. */
  readonly timeVerified: number | null;
  /** What was verified; a reader must compare it with what it fetched. */
  readonly resourceUri: string;
  readonly policy: Resource;
  readonly inputAttestations: readonly Resource[];
  readonly result: 'PASSED' | 'FAILED';
  /** `SLSA_BUILD_LEVEL_3`; not empty in a summary that passed. */
  readonly verifiedLevels: readonly string[];
  /** How many dependencies have which level; null where nothing is said of them. */
  readonly dependencyLevels: ReadonlyMap<string, number> | null;
  readonly slsaVersion: string | null;
}

/** The head of a bill of materials; what it lists is another reader's. */
export interface SbomPredicate {
  readonly kind: 'sbom';
  readonly format: 'spdx' | 'cyclonedx';
  /** `2.3`, `1.6`. */
  readonly specVersion: string;
  /** Milliseconds since 1970, as its author says. */
  readonly created: number | null;
  readonly name: string | null;
  /** Packages or components at the top level of the document. */
  readonly components: number;
}

/** At least one statement; of those that name no product the subject is meant (openvex/spec ATTESTING.md). */
export interface VexPredicate extends Pick<VexDocument, 'id' | 'author' | 'timestamp' | 'version' | 'statements'> {
  readonly kind: 'vex';
}

export interface VulnerabilityPredicate {
  readonly kind: 'vulnerabilities';
  readonly scanner: { readonly uri: string; readonly version: string | null };
  readonly database: VulnerabilityDatabase;
  /** Milliseconds since 1970. */
  readonly startedOn: number | null;
  readonly finishedOn: number;
  /** Null where the result is in the scanner's own words, which this reader does not know: nothing then says that it is clean. */
  readonly vulnerabilities: readonly ReportedVulnerability[] | null;
}

/** What the scanner knew. `lastUpdate` in milliseconds since 1970. */
export interface VulnerabilityDatabase {
  readonly uri: string | null;
  readonly version: string | null;
  readonly lastUpdate: number | null;
}

export interface ReportedVulnerability {
  readonly id: string;
  /** In the words of each method: `nvd` and `medium`, `cvss_score` and `5.2`. Empty where it is not said, which is not harmless. */
  readonly severities: readonly { readonly method: string; readonly score: string }[];
}

export interface TestResultPredicate {
  readonly kind: 'test-result';
  readonly result: 'PASSED' | 'WARNED' | 'FAILED';
  readonly configuration: readonly Resource[];
  readonly url: string | null;
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
}

export type SarifLevel = 'none' | 'note' | 'warning' | 'error';

export interface SarifPredicate {
  readonly kind: 'sarif';
  readonly runs: readonly SarifRun[];
}

export interface SarifRun {
  readonly tool: string;
  readonly toolVersion: string | null;
  /** Null where the run holds no results at all, which is not the same as none found (SARIF 2.1.0 section 3.14.23). */
  readonly results: Readonly<Record<SarifLevel, number>> | null;
  /** Results that were suppressed; they count in none of the levels. */
  readonly suppressed: number;
  /** False where an invocation says that the tool did not run to its end. */
  readonly successful: boolean;
}

export type DastRisk = 'informational' | 'low' | 'medium' | 'high';

/** What a scanner of running applications found. */
export interface DastPredicate {
  readonly kind: 'dast';
  readonly tool: string;
  readonly toolVersion: string | null;
  /** Milliseconds since 1970. */
  readonly generatedOn: number | null;
  /** What was scanned: at least one. */
  readonly sites: readonly string[];
  /** Kinds of alert by risk. */
  readonly alerts: Readonly<Record<DastRisk, number>>;
}

/** What Plimsoll decided of the image of one platform. */
export interface VerdictPredicate {
  readonly kind: 'verdict';
  readonly decision: GateDecision;
  readonly reasons: readonly string[];
  /** As it says of itself; what it is bound to is the statement's subject. */
  readonly image: { readonly digest: string; readonly platform: string | null };
  /** Milliseconds since 1970. */
  readonly decidedAt: number;
  /** The first instant at which time alone could change it; null when it could not. Milliseconds since 1970. */
  readonly validUntil: number | null;
  readonly policyDigest: string;
  /** Findings that do not count. */
  readonly excepted: number;
  readonly unknowns: number;
  readonly exceptions: readonly VerdictException[];
  /** Why what is not known was let pass; null when nobody did. */
  readonly allowUnknown: string | null;
}

export interface VerdictException {
  readonly finding: string;
  /** A purl. */
  readonly package: string;
  readonly status: 'not_affected' | 'fixed';
  readonly justification: string | null;
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly expires: number | null;
}

/** What the policies of one environment decided: it says nothing of any other. */
export interface PolicyVerdictPredicate {
  readonly kind: 'policy-verdict';
  readonly decision: Decision;
  /** Null of what is not refused, and of nothing else. */
  readonly because: RefusalCause | null;
  readonly reasons: readonly string[];
  /** As it says of itself; what it is bound to is the statement's subject. */
  readonly image: { readonly digest: string | null; readonly platform: string | null };
  readonly environment: string;
  readonly stage: Stage;
  /** Milliseconds since 1970. */
  readonly decidedAt: number;
  /** The first instant at which time alone could change it; null when it could not. Milliseconds since 1970. */
  readonly validUntil: number | null;
  /** 0 to 100. */
  readonly score: number;
  /** Those that made a difference. */
  readonly exceptions: readonly PolicyVerdictException[];
  /** The digest of the set of policies that was active. */
  readonly revision: string;
  readonly policies: readonly (Pick<NamedDigest, 'name'> & { readonly digest: string })[];
  /** The digest of the manifest of the facts. */
  readonly facts: string;
}

export interface PolicyVerdictException {
  readonly name: string;
  readonly digest: string;
  readonly approver: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** An image signature in the form of a statement: it says nothing but that the subject is signed. */
export interface SignaturePredicate {
  readonly kind: 'signature';
}

/** A predicate of a type that no reader knows: kept, shown, and never enough for a requirement that needs its content. */
export interface OtherPredicate {
  readonly kind: 'other';
  readonly predicateType: string;
}

/** One way to say something about an artifact: a member of the family of predicates. Pure: no clock, no network. */
export interface PredicateReader {
  /** The folder name of the member. */
  readonly id: string;
  readonly capabilities: PredicateCapabilities;
  /** Whether predicates of this type are its own. Only the type inside the signed payload is ever asked. */
  reads(predicateType: string): boolean;
  /**
   * The predicate, typed. Throws `PREDICATE_INVALID` where what its specification requires is missing or of another
   * type: never an empty result. `object` names the statement in the error.
   */
  read(predicate: unknown, predicateType: string, object: string): Predicate;
}

/** From which `docs/reference/predicates.md` is generated. */
export interface PredicateCapabilities {
  readonly title: string;
  readonly kind: PredicateKind;
  /** As people write them; `[/vX]` where a version may follow. */
  readonly predicateTypes: readonly string[];
  readonly specification: string;
}
