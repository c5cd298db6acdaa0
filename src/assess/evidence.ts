import { canonicalJson } from '#base/json/canonical.ts';
import type { Log } from '#base/log.ts';
import { mapConcurrently } from '#base/pool.ts';
import { type EvidenceSource, type OpenOptions, openEvidence } from '#lib/oci/index.ts';
import { EVALUATION_VERSION, evaluate, type TrustConfiguration } from '#lib/trust/index.ts';
import type { Discovery, EvidenceSubject } from '#model/attachment.ts';
import type { Evidence, EvidenceReport, EvidenceTarget } from '#model/evidence.ts';
import { formatPlatform } from '#model/platform.ts';
import type { VerificationStore } from '#model/ports.ts';
import type { ReportTool } from '#model/report.ts';
import type { AttestedVex } from './vex/attested.ts';

export interface EvidenceOptions {
  readonly kind: EvidenceReport['kind'];
  readonly tool: ReportTool;
  /** Null trusts nobody. */
  readonly trust: TrustConfiguration | null;
  /** Earlier acceptances; null asks and keeps none. */
  readonly verifications: VerificationStore | null;
  readonly open: OpenOptions;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Is handed every software bill of materials that is attested; what is kept of earlier has none. */
  readonly foundSbom?: (found: AttestedSbom) => void;
  /** Is handed every VEX document that is attested, likewise. */
  readonly foundVex?: (found: AttestedVex) => void;
}

/** A software bill of materials that is attested on an image. */
export interface AttestedSbom {
  readonly evidence: Evidence;
  /** The in-toto statement that holds it. */
  readonly statement: Uint8Array;
}

/** An acceptance is looked at again after this long, whatever its evidence says: what hangs on an image may have changed. */
const KEPT_MS = 60 * 60 * 1000;

/**
 * What hangs on the image that a reference names, judged by a trust configuration: the whole of `verify` and `evidence`.
 * Throws what opening throws; what could not be read afterwards is among the problems.
 */
export async function reportEvidence(reference: string, options: EvidenceOptions): Promise<EvidenceReport> {
  const source = await openEvidence(reference, options.open);
  try {
    const key = keyOf(source, options);
    const earlier = key === null ? null : await earlierAcceptance(key, source, options);
    if (earlier !== null) {
      return earlier;
    }
    const report = await readEvidence(source, options);
    if (key !== null && report.verification?.outcome === 'accepted') {
      await options.verifications?.put(key, Buffer.from(JSON.stringify({ at: options.now, report })));
    }
    return report;
  } finally {
    await source.close();
  }
}

/** Each is five questions and more: an index of twenty platforms is not to flood its registry. */
const SUBJECTS_AT_ONCE = 2;

async function readEvidence(source: EvidenceSource, options: EvidenceOptions): Promise<EvidenceReport> {
  const { signal, trust, now, log } = options;
  const discoveries: readonly Discovery[] = await mapConcurrently(source.subjects, SUBJECTS_AT_ONCE, (subject) =>
    source.attachments(subject, signal),
  );
  log.debug('evidence found', { attachments: discoveries.map(({ attachments }) => attachments.length) });
  const { repository, tag, subjects } = source;
  const evaluation = evaluate({ configuration: trust, repository, tag, subjects, discoveries, now });
  for (const { evidence: index, statement } of evaluation.sboms) {
    const evidence = evaluation.evidence[index];
    if (evidence !== undefined) {
      options.foundSbom?.({ evidence, statement });
    }
  }
  for (const { evidence: index, predicate } of options.foundVex === undefined ? [] : evaluation.vex()) {
    const evidence = evaluation.evidence[index];
    if (evidence !== undefined) {
      options.foundVex?.({ evidence, predicate });
    }
  }
  return {
    schemaVersion: '1.2',
    kind: options.kind,
    tool: options.tool,
    image: { reference: source.reference, repository, subjects: subjects.map(describeSubject) },
    trust: trust === null ? null : { name: trust.name, digest: trust.digest },
    evidence: evaluation.evidence,
    problems: evaluation.problems,
    verification: evaluation.verification,
    content: 'read',
  };
}

function describeSubject({ kind, digest, platform }: EvidenceSubject): EvidenceTarget {
  return { kind, digest, platform: platform === null ? null : formatPlatform(platform) };
}

/**
 * What an acceptance depends on, time left out: the bytes of the image, who is trusted (with every file that says so),
 * and the name that the image was asked for by. Null where nothing is kept: files of this machine are read faster than
 * anything could be remembered of them.
 */
function keyOf(source: EvidenceSource, { kind, trust, verifications }: EvidenceOptions): string | null {
  if (trust === null || verifications === null || source.repository === null) {
    return null;
  }
  return canonicalJson({
    version: EVALUATION_VERSION,
    kind,
    trust: trust.digest,
    repository: source.repository,
    tag: source.tag,
    subjects: source.subjects.map(describeSubject).map(({ digest, platform }) => [digest, platform]),
  });
}

/** Only acceptances are kept: a refusal may be mended at any moment, by a signature that comes later. */
async function earlierAcceptance(
  key: string,
  source: EvidenceSource,
  { verifications, now }: EvidenceOptions,
): Promise<EvidenceReport | null> {
  const kept = keptIn((await verifications?.get(key)) ?? null);
  if (kept === null) {
    return null;
  }
  const { at, report } = kept;
  const end = report.verification?.validUntil ?? null;
  const fresh = at <= now && now < at + KEPT_MS && (end === null || now < Date.parse(end));
  return fresh ? { ...report, image: { ...report.image, reference: source.reference }, content: 'cached' } : null;
}

interface Kept {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly report: EvidenceReport;
}

/** Null for what is no acceptance: whatever another version may have kept under this key, it lets nothing pass. */
function keptIn(bytes: Uint8Array | null): Kept | null {
  try {
    const kept = bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Kept> | null);
    const { at, report } = kept ?? {};
    return typeof at === 'number' && report?.verification?.outcome === 'accepted' ? { at, report } : null;
  } catch {
    return null;
  }
}
