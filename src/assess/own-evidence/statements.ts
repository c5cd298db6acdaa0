import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { writeSbom } from '#lib/sbom/index.ts';
import { predicateFromFile } from '#lib/trust/index.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { GATE_VERDICT_TYPE, type GateVerdictPolicy } from '#model/gate-verdict.ts';
import { OWN_EVIDENCE, type OwnEvidence } from '#model/own-evidence-report.ts';
import type { Report } from '#model/report.ts';
import type { UnknownKind } from '#model/unknown.ts';
import { VERDICT_TYPE } from '#model/verdict.ts';
import { attestOne } from '../sign.ts';
import type { Signing } from '../signing.ts';
import { decisionOfReport, decisionsOf } from './decision.ts';
import { gateBasis } from './gate-policy.ts';
import { composeVex } from './openvex.ts';
import { isPolicyJudged, policyBasis } from './policy-verdict.ts';
import { composeSummary, type SummaryBasis, type SummaryParts } from './summary.ts';
import { composeVerdict, isJudged } from './verdict.ts';
import { composeVulnerabilityReport, type ScanTimes } from './vulnerability-report.ts';

/** What all statements about an image have in common. */
export interface StatedImage {
  /** `registry/path`; null for files of this machine. */
  readonly repository: string | null;
  readonly format: 'bundle' | 'cosign-legacy';
  /** Of `--fail-on`; null when that was not asked. */
  readonly policy: GateVerdictPolicy | null;
  readonly times: ScanTimes;
}

/** What a summary of an index rests on: the summaries of its platforms. */
export type StatedIndex = StatedImage & Pick<SummaryParts, 'tool' | 'decisions' | 'by' | 'inputs'>;

export interface SignedStatement {
  readonly subject: EvidenceSubject;
  readonly evidence: OwnEvidence;
  readonly predicateType: string;
  /** The blob that holds it. */
  readonly blob: Digest;
  readonly artifact: Artifact;
}

const TYPES: Readonly<Record<Exclude<OwnEvidence, 'verdict'>, string>> = {
  cyclonedx: 'https://cyclonedx.org/bom',
  spdx: 'https://spdx.dev/Document',
  vulnerabilities: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  // Without a version, as cosign's short name has it; the document says its own.
  vex: 'https://openvex.dev/ns',
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
    vex: () => composeVex(withOwnExceptions(report), { repository, digest, now }),
    verdict: () => {
      if (isPolicyJudged(report)) {
        // The record itself: whoever reads it back replays the same bytes.
        return canonicalJson(report.verdict);
      }
      const inputs = signed.map(({ predicateType, blob }) => ({ predicateType, digest: blob }));
      return policy !== null && isJudged(report)
        ? composeVerdict(report, { repository, digest, policy, inputs, now })
        : null;
    },
    summary: () => {
      const inputs = signed.map(({ blob }) => blob);
      const decision = decisionOfReport(report);
      const by = basisOf([report], policy);
      return decision !== null && by !== null
        ? composeSummary({ tool: report.tool, repository, decisions: [decision], by, inputs, now })
        : null;
    },
  };
  for (const evidence of OWN_EVIDENCE) {
    const document = kinds.has(evidence) ? documents[evidence]() : null;
    if (document !== null) {
      const type =
        evidence === 'verdict' ? (isPolicyJudged(report) ? VERDICT_TYPE : GATE_VERDICT_TYPE) : TYPES[evidence];
      signed.push(await signStatement(subject, { evidence, type, document }, stated, signing));
    }
  }
  return signed;
}

/** What summaries of these reports say of how they came about; null where nothing was asked. `policy` is that of `--fail-on`. */
export function basisOf(reports: readonly Report[], policy: GateVerdictPolicy | null): SummaryBasis | null {
  const verdicts = reports.filter(isPolicyJudged).map(({ verdict }) => verdict);
  return policy === null ? policyBasis(verdicts) : gateBasis(policy, decisionsOf(reports));
}

/** The summary about an index: it passes when all its platforms do. */
export async function signIndex(
  subject: EvidenceSubject,
  stated: StatedIndex,
  signing: Signing,
): Promise<SignedStatement> {
  const document = composeSummary({ ...stated, now: signing.now });
  return await signStatement(subject, { evidence: 'summary', type: TYPES.summary, document }, stated, signing);
}

interface ToSign {
  readonly evidence: OwnEvidence;
  readonly type: string;
  readonly document: object | string;
}

async function signStatement(
  subject: EvidenceSubject,
  { evidence, type, document }: ToSign,
  { format, repository }: StatedImage,
  signing: Signing,
): Promise<SignedStatement> {
  // White space is for readers of files; a statement has a limit.
  const text = JSON.stringify(typeof document === 'string' ? JSON.parse(document) : document);
  const file = { name: `${evidence} of ${subject.digest}`, bytes: Buffer.from(text) };
  const predicate = predicateFromFile(type, file, signing.now);
  const artifact = await attestOne(subject, { format, predicate, repository }, signing);
  return { subject, evidence, predicateType: type, blob: blobOf(artifact), artifact };
}

function blobOf({ layers }: Artifact): Digest {
  return digestOf(layers[0]?.content ?? new Uint8Array());
}

/** Unknowns that come of the advisories, and not of the image. */
const OF_ADVISORIES: ReadonlySet<UnknownKind> = new Set([
  'no-advisories',
  'stale-advisories',
  'incomplete-advisories',
  'stale-signals',
]);

/** A bill of materials says what is in the image: it stays true when the advisories change. */
function inventoryOf(report: Report): Report {
  const { gate: _gate, verdict: _verdict, exceptions: _exceptions, trust: _trust, ...rest } = report;
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

/** What others have attached says it itself: repeated here it would outlive its author's own word. */
function withOwnExceptions(report: Report): Report {
  const { exceptions = [] } = report;
  return { ...report, exceptions: exceptions.filter(({ from }) => from.kind === 'file') };
}
