import type { Digest } from '#base/digest.ts';
import type { Build } from './build.ts';
import type { Evidence, EvidenceProblem, TrustInUse, Verification } from './evidence.ts';
import type { ExceptionSource, SourcedException } from './exception.ts';
import type { Finding, Vulnerability } from './finding.ts';
import type { Gate } from './gate.ts';
import type { ImageConfig, ImageSourceKind, Layer } from './image.ts';
import type { Inventory } from './inventory.ts';
import type { LifecycleEntry } from './lifecycle.ts';
import type { Executables } from './ownership.ts';
import type { OsRelease, Package, PackageType } from './package.ts';
import type { SbomDocument } from './sbom.ts';
import type { Unknown } from './unknown.ts';
import type { Verdict } from './verdict.ts';

/**
 * What `scan` and `sbom` say of one image of one platform: the document that `-o json` writes as it is and every other
 * output format is made from. `report-schema.ts` holds the same shape for validators, `docs/reference/report.md`
 * explains it to readers. It holds no time of its own: the same image and advisories give the same report, but for what they say of
 * the time of the scan, whether advisories are `stale` and the `status` of what is in `lifecycle` with the findings that come of it.
 */
export interface Report {
  /** Raised in its second part when members are added, in its first when a member changes or goes. */
  readonly schemaVersion: '2.2';
  /** `inventory` when nothing was matched: no findings and no advisories then means nobody looked. */
  readonly kind: 'scan' | 'inventory';
  readonly tool: ReportTool;
  readonly image: ReportImage;
  readonly os: OsRelease | null;
  /** `cached` when the facts of every layer were at hand and no layer was read, `declared` when a document is all there is. */
  readonly content: Inventory['content'];
  /** The document that everything is from, `image` included; nothing of it was verified. Absent when content was read. */
  readonly sbom?: ReportSbom;
  /** Regular files in the squashed view; null when nobody counted. */
  readonly files: number | null;
  readonly executables: Executables | null;
  /** The executables, by path; absent when nobody asked for them. */
  readonly programs?: readonly Program[];
  readonly packages: readonly Package[];
  /** What build systems left in the layers; absent when there is nothing. */
  readonly builds?: readonly Build[];
  /** Vulnerabilities first, then mismatches document by document, then what is past its end of life. */
  readonly findings: readonly Finding[];
  /** Findings that `--severity` left out of `findings`. */
  readonly hiddenFindings: number;
  /** What does not count, because advisories of the distribution speak for the files; empty in an inventory. */
  readonly covered: Covered;
  /** Vulnerabilities of code that does not run in a container: kernel headers. They do not count; absent when there are none. */
  readonly headers?: readonly Vulnerability[];
  /** How long the distribution and the runtimes are supported; absent when nobody was asked. */
  readonly lifecycle?: readonly LifecycleEntry[];
  /** Findings that the gate passes over, in the order of `findings`; absent when nobody excepts anything. */
  readonly exceptions?: readonly SourcedException[];
  /** VEX documents that were given, or are attested on the image, and what each did; absent when there are none. */
  readonly vex?: readonly ReportVex[];
  readonly unknowns: readonly Unknown[];
  /** What was matched against, by ecosystem. */
  readonly advisories: readonly ReportAdvisories[];
  /** Why content that could not be verified was read all the same, in the words of whoever allowed it; absent when nobody did. */
  readonly allowUnverified?: string;
  /** The answer to `--fail-on`; absent when it was not asked. */
  readonly gate?: Gate;
  /** What policy says of it in the environment that was named; absent when it was not asked. */
  readonly verdict?: Verdict;
  /** What hangs on the image and its index, trusted or not; empty when nobody looked: see `trust`. */
  readonly evidence: readonly Evidence[];
  /** How what hangs on the image was judged; absent when it was not looked for. */
  readonly trust?: ReportTrust;
  /** SBOM documents that the image was compared with, attested ones first; absent when there are none. */
  readonly declarations?: readonly Declaration[];
}

/** A VEX document, and what came of its statements. */
export interface ReportVex {
  readonly from: ExceptionSource;
  /** Null where it was passed over, and so of the next two. */
  readonly format: 'csaf' | 'cyclonedx' | 'openvex' | null;
  /** Its identifier. */
  readonly id: string | null;
  readonly author: string | null;
  /** Why none of its statements counts; null where they do. */
  readonly passedOver: string | null;
  readonly statements: number;
  /** Findings that it excepts. */
  readonly excepted: number;
  /** Statements that might except something and do not. */
  readonly idle: number;
  /** Why, one for each of the first of them. */
  readonly reasons: readonly string[];
}

/** An SBOM document on the image or in it, and how it compares. */
export interface Declaration {
  readonly from: 'attestation' | 'file';
  /** The file in the image, absolute; null for an attestation. */
  readonly path: string | null;
  /** The diffID of the layer that holds the file; null for an attestation. */
  readonly layer: Digest | null;
  /** The manifest that holds the attestation, and the blob in it; null for a file. */
  readonly attachment: Digest | null;
  readonly blob: Digest | null;
  /** Whether a signature over it was accepted for a signer of the trust configuration. */
  readonly trusted: boolean;
  readonly document: Pick<ReportSbom, 'format' | 'version' | 'name' | 'id' | 'created' | 'tools' | 'components'>;
  /** What it speaks for: all of this image, all images of an index, or a part that it lists. */
  readonly scope: DeclarationScope;
  /** Packages of these types it is to list all of; empty where it speaks for a part. */
  readonly types: readonly PackageType[];
  /** Packages that could be compared. */
  readonly compared: number;
  /** Declared files whose content could be compared. */
  readonly comparedFiles: number;
  /** How many there are, those that are too many to be findings of their own included. */
  readonly mismatches: number;
}

/** `build`: a stage that the image was built with, which is compared with nothing. */
export const DECLARATION_SCOPES = ['image', 'index', 'part', 'build'] as const;
export type DeclarationScope = (typeof DECLARATION_SCOPES)[number];

/** A regular file that can be run, with the digest of its content. */
export interface Program {
  /** Absolute, in the squashed view. */
  readonly path: string;
  readonly layer: Digest | null;
  readonly digest: Digest;
}

/**
 * What language advisories, or missing ones, say of files that belong to OS packages. The distribution's advisories know
 * these packages: what they say of them is among the findings.
 */
export interface Covered {
  readonly findings: readonly Vulnerability[];
  readonly unknowns: readonly Unknown[];
}

export interface ReportTrust {
  /** Null trusts nobody. */
  readonly configuration: TrustInUse | null;
  /** Null without a configuration, or when nobody could look. */
  readonly verification: Verification | null;
  /** What could not be read, and may hold evidence. */
  readonly problems: readonly EvidenceProblem[];
  /** Why nobody could look at all; null when somebody could. */
  readonly notLookedAt: string | null;
}

export interface ReportSbom
  extends Pick<
    SbomDocument,
    'format' | 'version' | 'wrapping' | 'name' | 'id' | 'created' | 'tools' | 'statedSubjects'
  > {
  /** What it says it is about. */
  readonly image: string | null;
  /** How many it lists, packages or not. */
  readonly components: number;
}

export interface ReportTool {
  readonly name: 'plimsoll';
  readonly version: string;
}

export interface ReportImage {
  /** As the user wrote it, with its scheme. */
  readonly reference: string;
  readonly source: ImageSourceKind;
  /** `registry/path` in its usual spelling; absent for what is in no registry. */
  readonly repository?: string;
  /** Of the platform manifest; null where there is none (docker-archive, rootfs). */
  readonly digest: Digest | null;
  /** Of the index that it was chosen from; absent where there was none. */
  readonly index?: Digest;
  /** The config's digest, which Docker calls the image id; null for a rootfs. */
  readonly id: Digest | null;
  /** `os/architecture[/variant]`. */
  readonly platform: string | null;
  /** What the index offered, written like `platform`; empty when the image was not chosen out of an index. */
  readonly platforms: readonly string[];
  /** Lowest first. */
  readonly layers: readonly ReportLayer[];
  readonly config: ReportConfig | null;
}

export type ReportLayer = Pick<Layer, 'index' | 'diffId' | 'digest' | 'size' | 'createdBy'>;

export type ReportConfig = Omit<ImageConfig, 'history' | 'diffIds'>;

/** The advisories of one ecosystem as they were when the image was matched. */
export interface ReportAdvisories {
  /** `Alpine`, `npm`; `KEV`, `EPSS`, `NVD`, `Lifecycle` for what has no packages. */
  readonly ecosystem: string;
  /** The kind of feed: `osv`, `debian-tracker`. */
  readonly provider: string;
  /** The folder or URL they came from. */
  readonly source: string;
  /** The digest of the feed's archive. */
  readonly revision: Digest;
  readonly count: number;
  /** Records of the feed that could not be read. */
  readonly rejected: number;
  /** When the newest advisory was last modified, ISO 8601 UTC; null when the feed is empty. */
  readonly newest: string | null;
  /** When the feed was last fetched or found unchanged, ISO 8601 UTC. */
  readonly checked: string;
  /** True when the newest advisory is too old to stand for today. */
  readonly stale: boolean;
}
