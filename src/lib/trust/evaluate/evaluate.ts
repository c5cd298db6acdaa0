import { LIMITS } from '#base/limits.ts';
import type { Attachment, AttachmentProblem, Discovery, EvidenceSubject } from '#model/attachment.ts';
import type { Evidence, EvidenceProblem, Verification } from '#model/evidence.ts';
import { type Requirement, rulesFor, type TrustConfiguration, type TrustedSigner } from '../configuration/index.ts';
import { evidenceFormats } from '../formats/list.ts';
import { describeEvidence } from './describe.ts';
import { type FoundContent, judgeContent } from './judge.ts';
import type { Asked } from './requirements.ts';
import { verifyRules } from './rules.ts';
import { type StatedSbom, statedSboms } from './stated-sboms.ts';
import { type StatedVex, statedVex } from './stated-vex.ts';
import { statesOf } from './states.ts';
import { findSuperseding } from './superseding.ts';

export interface EvaluationInput extends Omit<Asked, 'superseding'> {
  /** Null trusts nobody: everything is shown, nothing accepted. */
  readonly configuration: TrustConfiguration | null;
  /** The index first, where there is one. */
  readonly subjects: readonly EvidenceSubject[];
  /** What hangs on them, subject by subject. */
  readonly discoveries: readonly Discovery[];
}

export interface Evaluation {
  readonly evidence: readonly Evidence[];
  readonly problems: readonly EvidenceProblem[];
  /** Null without a configuration. */
  readonly verification: Verification | null;
  readonly sboms: readonly StatedSbom[];
  /** Parsed when it is asked for: most never are. */
  readonly vex: () => readonly StatedVex[];
}

/** Raised whenever the same input may give another answer, so that what was kept of earlier versions counts no longer. */
export const EVALUATION_VERSION = 4;

/**
 * Judges all that hangs on an image by a trust configuration. Pure: the same input gives the same answer, and what time
 * alone may change has its instant in `validUntil`. Throws nothing for what strangers wrote.
 */
export function evaluate(input: EvaluationInput): Evaluation {
  const { configuration, subjects, now } = input;
  const rules = configuration === null ? [] : rulesFor(configuration, input.repository);
  const requirements = rules.flatMap((rule) => rule.requirements);
  const read = input.discoveries.flatMap((discovery) => readDiscovery(discovery, subjects));
  const found = read.flatMap(({ contents }) => contents);
  const judging = {
    signers: signersFor(requirements),
    now,
    checksLeft: LIMITS.signatureChecks,
  };
  const judged = found.map((content) => judgeContent(content, judging));
  const problems = [
    ...input.discoveries.flatMap((discovery) => discovery.problems.map(describeProblem)),
    ...read.flatMap((discovery) => discovery.problems),
  ];
  const superseding = findSuperseding(judged, problems);
  return {
    evidence: judged.map((item) => {
      const states = statesOf(item, requirements);
      return { ...describeEvidence(item, superseding), ...(states && { states }) };
    }),
    problems,
    verification:
      configuration === null ? null : verifyRules(configuration, { ...input, superseding }, judged, problems),
    sboms: statedSboms(judged),
    vex: () => statedVex(judged),
  };
}

/** Only who is asked for is tried: a signature by anybody else proves nothing here. */
function signersFor(requirements: readonly Requirement[]): readonly TrustedSigner[] {
  return [...new Set(requirements.flatMap((asked) => (asked.kind === 'refuse' ? [] : asked.signers)))];
}

interface ReadDiscovery {
  readonly contents: readonly FoundContent[];
  readonly problems: readonly EvidenceProblem[];
}

function readDiscovery(discovery: Discovery, subjects: readonly EvidenceSubject[]): readonly ReadDiscovery[] {
  let room = LIMITS.evidenceContents;
  return discovery.attachments.map((attachment) => {
    const subject = subjects.find(({ digest }) => digest === attachment.subject);
    if (subject === undefined) {
      return { contents: [], problems: [problemOf(attachment, 'SUBJECT_MISMATCH', 'it hangs on another manifest')] };
    }
    const { contents, problems } = readAttachment(attachment, subject);
    const kept = contents.slice(0, room);
    room -= kept.length;
    return kept.length === contents.length
      ? { contents, problems }
      : { contents: kept, problems: [...problems, tooMany(attachment)] };
  });
}

function readAttachment(attachment: Attachment, subject: EvidenceSubject): ReadDiscovery {
  const format = evidenceFormats.find((candidate) => candidate.recognises(attachment));
  if (format === undefined) {
    return { contents: [], problems: [] };
  }
  const { contents, failures } = format.read(attachment);
  return {
    contents: contents.map((content) => ({ subject, attachment, content })),
    problems: failures.map(({ code, reason }) => problemOf(attachment, code, reason)),
  };
}

function tooMany(attachment: Attachment): EvidenceProblem {
  const expected = `at most ${LIMITS.evidenceContents} signatures and statements on one manifest`;
  return problemOf(attachment, 'EVIDENCE_TOO_MUCH', `expected ${expected}, found more: those behind are not read`);
}

function problemOf(attachment: Attachment, code: string, reason: string): EvidenceProblem {
  return { subject: attachment.subject, route: attachment.route, attachment: attachment.digest, code, reason };
}

function describeProblem({ subject, route, digest, code, reason }: AttachmentProblem): EvidenceProblem {
  return { subject, route, attachment: digest, code, reason };
}
