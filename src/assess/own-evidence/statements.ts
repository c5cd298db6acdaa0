import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import { writeSbom } from '#lib/sbom/index.ts';
import { predicateFromFile } from '#lib/trust/index.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { OWN_EVIDENCE, type OwnEvidence } from '#model/own-evidence-report.ts';
import type { Report, ReportTool } from '#model/report.ts';
import type { UnknownKind } from '#model/unknown.ts';
import { type Decision, VERDICT_TYPE, type VerdictPolicy } from '#model/verdict.ts';
import { attestOne } from '../sign.ts';
import type { Signing } from '../signing.ts';
import { composeVex } from './openvex.ts';
import { composeSummary } from './summary.ts';
import { composeVerdict, decisionOf, isJudged } from './verdict.ts';
import { composeVulnerabilityReport, type ScanTimes } from './vulnerability-report.ts';

/** What all statements about an image have in common. */
export interface StatedImage {
  /** `registry/path`; null for files of this machine. */
  readonly repository: string | null;
  readonly format: 'bundle' | 'cosign-legacy';
  /** Null when nothing was asked: then there is no verdict. */
  readonly policy: VerdictPolicy | null;
  readonly times: ScanTimes;
}

export interface StatedIndex extends StatedImage {
  readonly policy: VerdictPolicy;
  readonly tool: ReportTool;
  /** Of every platform. */
  readonly decisions: readonly Decision[];
  /** The summaries of the platforms. */
  readonly inputs: readonly Digest[];
}

export interface SignedStatement {
  readonly subject: EvidenceSubject;
  readonly evidence: OwnEvidence;
  readonly predicateType: string;
  /** The blob that holds it. */
  readonly blob: Digest;
  readonly artifact: Artifact;
}

const TYPES: Readonly<Record<OwnEvidence, string>> = {
  cyclonedx: 'https://cyclonedx.org/bom',
  spdx: 'https://spdx.dev/Document',
  vulnerabilities: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  // Without a version, as cosign's short name has it; the document says its own.
  vex: 'https://openvex.dev/ns',
  verdict: VERDICT_TYPE,
  summary: 'https://slsa.dev/verification_summary/v1',
};

/** Everything that is asked for about one platform; each later statement names those before it. Throws what signing throws. */
export async function signPlatform(
  subject: EvidenceSubject,
  report: Report,
  kinds: ReadonlySet<OwnEvidence>,
  stated: StatedImage,
  signing: Signing,
): Promise<readonly SignedStatement[]> {
  const signed: SignedStatement[] = [];
  const { now } = signing;
  const { repository, policy } = stated;
  const { digest } = subject;
  const documents: Readonly<Record<OwnEvidence, () => object | string | null>> = {
    cyclonedx: () => writeSbom(inventoryOf(report), { format: 'cyclonedx', now }),
    spdx: () => writeSbom(inventoryOf(report), { format: 'spdx', now }),
    vulnerabilities: () => composeVulnerabilityReport(report, stated.times),
    vex: () => composeVex(report, { repository, digest, now }),
    verdict: () => {
      const inputs = signed.map(({ predicateType, blob }) => ({ predicateType, digest: blob }));
      return policy !== null && isJudged(report)
        ? composeVerdict(report, { repository, digest, policy, inputs, now })
        : null;
    },
    summary: () => {
      const inputs = signed.map(({ blob }) => blob);
      return policy !== null && isJudged(report)
        ? composeSummary({ tool: report.tool, repository, decisions: [decisionOf(report)], policy, inputs, now })
        : null;
    },
  };
  for (const evidence of OWN_EVIDENCE) {
    const document = kinds.has(evidence) ? documents[evidence]() : null;
    if (document !== null) {
      signed.push(await signStatement(subject, evidence, document, stated, signing));
    }
  }
  return signed;
}

/** The summary about an index: it passes when all its platforms do. */
export async function signIndex(
  subject: EvidenceSubject,
  stated: StatedIndex,
  signing: Signing,
): Promise<SignedStatement> {
  return await signStatement(subject, 'summary', composeSummary({ ...stated, now: signing.now }), stated, signing);
}

async function signStatement(
  subject: EvidenceSubject,
  evidence: OwnEvidence,
  document: object | string,
  { format, repository }: StatedImage,
  signing: Signing,
): Promise<SignedStatement> {
  const predicateType = TYPES[evidence];
  // White space is for readers of files; a statement has a limit.
  const text = JSON.stringify(typeof document === 'string' ? JSON.parse(document) : document);
  const file = { name: `${evidence} of ${subject.digest}`, bytes: Buffer.from(text) };
  const predicate = predicateFromFile(predicateType, file, signing.now);
  const artifact = await attestOne(subject, { format, predicate, repository }, signing);
  return { subject, evidence, predicateType, blob: blobOf(artifact), artifact };
}

function blobOf({ layers }: Artifact): Digest {
  return digestOf(layers[0]?.content ?? new Uint8Array());
}

/** Unknowns that come of the advisories, and not of the image. */
const OF_ADVISORIES: ReadonlySet<UnknownKind> = new Set(['no-advisories', 'stale-advisories', 'incomplete-advisories']);

/** A bill of materials says what is in the image: it stays true when the advisories change. */
function inventoryOf(report: Report): Report {
  const { gate: _gate, exceptions: _exceptions, trust: _trust, ...rest } = report;
  return {
    ...rest,
    kind: 'inventory',
    findings: [],
    covered: { findings: [], unknowns: [] },
    unknowns: report.unknowns.filter(({ kind }) => !OF_ADVISORIES.has(kind)),
    advisories: [],
    evidence: [],
  };
}
