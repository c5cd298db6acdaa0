import type { Digest } from '#base/digest.ts';
import type { Severity } from './advisory.ts';
import type { EvidenceIdentity } from './evidence.ts';
import type { Exception } from './exception.ts';
import type { Confidence, PackageType } from './package.ts';
import type { UnknownKind } from './unknown.ts';
import type { Decision } from './verdict.ts';

/**
 * What a policy may see of one image of one platform: nothing else, and nothing of when or where is asked. Plain JSON. Each member is
 * a part that is stored once under the digest of its canonical JSON; `FactsManifest` names them.
 * `lib/policy/facts` says the same to the type checker, `docs/reference/facts.md` to readers. Times are ISO 8601 UTC.
 */
export interface Facts {
  readonly image: ImageFacts;
  /** Sorted by purl. */
  readonly packages: readonly PackageFact[];
  /** All of them, those that VEX documents except too; what counts is seen as `findings`. Sorted by kind, id and package. */
  readonly findings: readonly FindingFact[];
  readonly base: BaseFacts;
  readonly lifecycle: readonly LifecycleFact[];
  /** Every licence in the image, sorted, with how many packages have it. */
  readonly licenses: readonly LicenseFact[];
  readonly unknowns: readonly UnknownFact[];
  /** Statements that a signer of the trust configuration vouches for, and what else hangs on the image. */
  readonly evidence: EvidenceFacts;
  /** What the findings were matched against. */
  readonly advisories: readonly AdvisoriesFact[];
  /** What was decided of this digest here before, oldest first. */
  readonly history: readonly HistoryFact[];
}

export const FACT_PARTS = [
  'image',
  'packages',
  'findings',
  'base',
  'lifecycle',
  'licenses',
  'unknowns',
  'evidence',
  'advisories',
  'history',
] as const satisfies readonly (keyof Facts)[];

/** The facts by the digests of their parts. Its own digest is that of its canonical JSON. */
export interface FactsManifest {
  readonly schemaVersion: '1.0';
  readonly parts: Readonly<Record<keyof Facts, Digest>>;
}

export interface ImageFacts {
  /** As the user wrote it. */
  readonly reference: string;
  /** `registry/path`, in its usual spelling; null for what is in no registry. */
  readonly repository: string | null;
  /** Of the platform manifest; null where there is none. */
  readonly digest: Digest | null;
  /** Of the index that it was chosen from; null where there was none. */
  readonly index: Digest | null;
  /** `os/architecture[/variant]`. */
  readonly platform: string | null;
  readonly created: string | null;
  /** As the config has it: `1000:1000`, `app`; empty for none, which is root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  /** Of all layers as stored, in bytes; null where it is not known. */
  readonly size: number | null;
  /** DiffIDs, lowest first, up to the first that is not known; empty for a root file system and where only a document says them. */
  readonly layers: readonly Digest[];
  /** Whether bytes of layers or only a document about them was read. */
  readonly content: 'read' | 'cached' | 'declared';
  readonly distribution: DistributionFact | null;
}

export interface DistributionFact {
  readonly id: string;
  readonly version: string;
  readonly codename: string;
}

export interface PackageFact {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly source: string;
  readonly architecture: string;
  readonly vendor: string;
  readonly licenses: readonly string[];
  readonly confidence: Confidence | 'installed';
  readonly layer: Digest | null;
  readonly paths: readonly string[];
  readonly dependsOn: readonly string[];
  /** From where it was got, as its installer or its purl says; empty where neither does. */
  readonly origin: string;
  /** When its version was published, where somebody says so; null otherwise. */
  readonly released: string | null;
}

export interface FindingFact {
  readonly kind: 'vulnerability' | 'sbom-mismatch' | 'end-of-life';
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** CVSS, 0 to 10; null where nobody says. */
  readonly score: number | null;
  /** 0 to 100; null where it was not ranked. */
  readonly risk: number | null;
  readonly package: { readonly purl: string; readonly name: string; readonly version: string };
  /** Empty where no fix is known. */
  readonly fixedIn: string;
  readonly state: string;
  readonly title: string;
  readonly paths: readonly string[];
  /** When it became known: the earliest that the matched advisories say; null where none does. */
  readonly published: string | null;
  readonly malicious: boolean;
  readonly knownExploited: boolean;
  /** Probability of exploitation in 30 days, 0 to 1; null where nobody says. */
  readonly epss: number | null;
  readonly informational: string;
  /** Why it does not count, by a VEX document; null where it does. */
  readonly excepted: Pick<Exception, 'status' | 'justification' | 'author' | 'document' | 'expires'> | null;
}

/** What the image was built on, as far as anybody says. */
export interface BaseFacts {
  /** By label or provenance; empty where nothing says. */
  readonly name: string;
  readonly digest: Digest | null;
  readonly claimedBy: 'label' | 'provenance' | null;
}

export interface LifecycleFact {
  readonly product: string;
  readonly release: string;
  /** Of the runtime; empty for the distribution. */
  readonly package: string;
  /** The first instant after the last day of support; null where none is set. */
  readonly endOfLife: string | null;
  readonly extendedUntil: string | null;
  /** The source says that support has ended, and not when. */
  readonly ended: boolean;
}

export interface LicenseFact {
  /** An SPDX identifier, or the text as written. */
  readonly id: string;
  readonly class: LicenseClass;
  readonly packages: number;
}

/** How far a licence reaches: `network`: over the network too. `unknown`: not in the list. */
export const LICENSE_CLASSES = [
  'permissive',
  'weak-copyleft',
  'copyleft',
  'network-copyleft',
  'non-commercial',
  'proprietary',
  'public-domain',
  'unknown',
] as const;
export type LicenseClass = (typeof LICENSE_CLASSES)[number];

export interface UnknownFact {
  readonly kind: UnknownKind;
  /** Empty where no file is meant. */
  readonly path: string;
  readonly analyser: string;
  readonly reason: string;
  readonly hidesFindings: boolean;
}

export interface EvidenceFacts {
  /** Whether somebody looked. False is not "there is none". */
  readonly looked: boolean;
  /** Whether a place where evidence may be did not answer, or could not be read. */
  readonly complete: boolean;
  /** The answer of the trust configuration; `none` without one. */
  readonly verification: 'accepted' | 'refused' | 'unknown' | 'none';
  readonly signatures: readonly SignatureFact[];
  readonly statements: readonly StatementFact[];
}

/** An accepted signature over the image: nothing that is not accepted is here. */
export interface SignatureFact {
  readonly subject: Digest;
  readonly format: string;
  readonly signer: string;
  readonly operator: string;
  readonly identity: EvidenceIdentity;
  /** The earliest that somebody vouches for; null where nobody does. */
  readonly time: string | null;
}

/** An accepted statement: who says what about the image. */
export interface StatementFact extends SignatureFact {
  readonly predicateType: string;
  /** Of the blob that holds it. */
  readonly blob: Digest;
  readonly superseded: boolean;
  /** Of provenance; empty or 0 elsewhere and where it does not say. */
  readonly builder: string;
  readonly buildType: string;
  readonly source: string;
  /** SLSA build level that the trust configuration grants the builder, or the summary says. */
  readonly level: number;
  /** `PASSED`, `FAILED`, `WARNED` of a test result or summary; empty elsewhere. */
  readonly result: string;
  /** Of an SBOM: packages that it lists and that differ from what is there; null where it was not compared. */
  readonly mismatches: number | null;
}

export interface AdvisoriesFact {
  readonly ecosystem: string;
  readonly revision: Digest;
  readonly newest: string | null;
  readonly checked: string;
  /** From when on they are too old to stand for today; null for those that do not age. */
  readonly staleFrom: string | null;
}

export interface HistoryFact {
  readonly environment: string;
  readonly decision: Decision;
  readonly decidedAt: string;
  /** Rules that were broken, whatever came of it, and those for which an exception made a difference: with its end no grace begins. */
  readonly broken: readonly string[];
  /** Of the record. */
  readonly record: Digest;
}
