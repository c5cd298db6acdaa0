import type { Digest } from '#base/digest.ts';
import { isAppError, messageOf } from '#base/error.ts';
import type { Evidence, EvidenceReport } from '#model/evidence.ts';
import type { Report, ReportTrust } from '#model/report.ts';
import { type AssessEvidenceOptions, assessTrusting } from './assess-evidence.ts';
import type { AttestedSbom } from './evidence.ts';
import { loadTrust } from './trust.ts';
import type { AttestedVex } from './vex/attested.ts';

/** What hangs on the images that a scan opened, for each of their reports. */
export interface ScanEvidence {
  of(image: Digest | null): Pick<Report, 'evidence' | 'trust'>;
  /** The software bills of materials that are attested on this image and on its index. */
  sbomsOf(image: Digest | null): readonly AttestedSbom[];
  /** The VEX documents that are, trusted or not. */
  vexOf(image: Digest | null): readonly AttestedVex[];
}

/**
 * Looks for evidence beside a scan. A source that has no place for any, and an image that cannot be asked about, are said
 * in the report instead of ending the scan; an unreadable configuration ends it. Throws the signal's reason.
 */
export async function evidenceForScan(reference: string, options: AssessEvidenceOptions): Promise<ScanEvidence> {
  // What is wrong with it has many codes, those of keys and certificates among them, and never leaves out the question.
  const configuration = options.trust === null ? null : await loadTrust(options.trust);
  try {
    const sboms: AttestedSbom[] = [];
    const documents: AttestedVex[] = [];
    const report = await assessTrusting(configuration, reference, {
      ...options,
      foundSbom: (found) => sboms.push(found),
      foundVex: (found) => documents.push(found),
    });
    return scanEvidence(report, sboms, documents);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!isAppError(error)) {
      throw error;
    }
    const trust = notLookedAt(messageOf(error));
    return { of: () => ({ evidence: [], trust }), sbomsOf: () => [], vexOf: () => [] };
  }
}

/** What was found of several images, by image. */
export function scanEvidence(
  report: EvidenceReport,
  sboms: readonly AttestedSbom[],
  documents: readonly AttestedVex[],
): ScanEvidence {
  const covers = (image: Digest | null, { subject }: Evidence): boolean =>
    coveringOf(report, image)?.has(subject) === true;
  return {
    of: (image) => partOf(report, image),
    sbomsOf: (image) => sboms.filter(({ evidence }) => covers(image, evidence)),
    vexOf: (image) => documents.filter(({ evidence }) => covers(image, evidence)),
  };
}

function partOf(report: EvidenceReport, image: Digest | null): Pick<Report, 'evidence' | 'trust'> {
  const { subjects } = report.image;
  const covering = coveringOf(report, image);
  if (covering === null) {
    // A tag may have been moved between the two looks at it: what hangs on the one says nothing of the other.
    const found = subjects.map(({ digest }) => digest).join(', ');
    return { evidence: [], trust: notLookedAt(`expected evidence of ${image ?? 'no digest'}, found ${found}`) };
  }
  return {
    evidence: report.evidence.filter(({ subject }) => covering.has(subject)),
    trust: {
      configuration: report.trust,
      verification: ownVerification(report, image),
      problems: report.problems.filter(({ subject }) => covering.has(subject)),
      notLookedAt: null,
    },
  };
}

/** The image and its index; null when another was looked at. */
function coveringOf({ image: { subjects } }: EvidenceReport, image: Digest | null): ReadonlySet<Digest> | null {
  const own = subjects.find(({ kind, digest }) => kind === 'manifest' && digest === image);
  const indexes = subjects.filter(({ kind }) => kind === 'index').map(({ digest }) => digest);
  return own === undefined ? null : new Set([own.digest, ...indexes]);
}

/** The answer for one platform of several. Without a rule for it, it is that for all: refused. */
function ownVerification({ verification }: EvidenceReport, image: Digest | null): ReportTrust['verification'] {
  const rules = verification?.rules.filter((rule) => rule.image === image) ?? [];
  if (verification === null || rules.length === 0) {
    return verification;
  }
  const accepted = rules.every(({ outcome }) => outcome === 'accepted');
  return {
    ...verification,
    outcome: accepted ? 'accepted' : verification.outcome,
    reasons: rules.flatMap(({ reasons }) => reasons),
    rules,
  };
}

/** Why nobody could look. */
export function notLookedAt(reason: string): ReportTrust {
  return { configuration: null, verification: null, problems: [], notLookedAt: reason };
}
