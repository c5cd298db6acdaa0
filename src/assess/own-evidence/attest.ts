import { digestOf } from '#base/digest.ts';
import { attach, type OpenOptions, openEvidence } from '#lib/oci/index.ts';
import { parseVex } from '#lib/trust/index.ts';
import type { Attached } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { AttachedEvidence, JudgedPlatform, OwnEvidence, OwnEvidenceReport } from '#model/own-evidence-report.ts';
import type { Platform } from '#model/platform.ts';
import type { Report } from '#model/report.ts';
import type { Advisories } from '../advisories.ts';
import { type AssessOptions, assess } from '../assess.ts';
import { judge } from '../gate.ts';
import { describeSubject, openOptions, type SignedPart, type SignImageOptions } from '../sign.ts';
import { type NamedBytes, type Signing, withSigning } from '../signing.ts';
import { applyExceptions, type ExceptionDocument, isExcepted } from './exceptions.ts';
import { type GateRequest, policyOf } from './gate-policy.ts';
import { assertSameImages } from './same-images.ts';
import { type SignedStatement, type StatedImage, signIndex, signPlatform } from './statements.ts';
import { decisionOf, isJudged, reasonsOf, validUntil } from './verdict.ts';

/** What to state. */
export interface OwnEvidenceWork {
  readonly format: 'bundle' | 'cosign-legacy';
  readonly kinds: ReadonlySet<OwnEvidence>;
  /** Null for no verdict, and no summary of one. */
  readonly gate: GateRequest | null;
  /** OpenVEX documents, read already: `name` is what they are called in messages. */
  readonly exceptions: readonly NamedBytes[];
  readonly on: SignedPart;
}

export interface OwnEvidenceOptions extends Omit<SignImageOptions, 'on'> {
  /** `all`, or the only one that is looked at: then nothing is said of an index. */
  readonly platform: Platform | 'all';
  readonly advisories: Advisories;
  readonly offline: boolean;
  readonly isolation: 'none' | 'process';
  /** Lists executables with their digests in the documents too. */
  readonly programs: boolean;
  readonly progress: AssessOptions['progress'];
}

/**
 * Scans every platform of an image, and attaches what is known of it, signed by one key: to the manifests, since an inventory
 * belongs to a platform; to the index a summary of all. All is signed before anything is written. Nothing is attached when the
 * answer is not known and none refuses. Throws what opening the key and the image, scanning, signing and attaching throw.
 */
export async function attestOwnEvidence(
  reference: string,
  work: OwnEvidenceWork,
  options: OwnEvidenceOptions,
): Promise<OwnEvidenceReport> {
  const documents = work.exceptions.map((file) => ({ ...file, digest: digestOf(file.bytes), vex: parseVex(file) }));
  const open = { ...(await openOptions(options)), platform: options.platform, offline: options.offline };
  const image = await lookAt(reference, open);
  const started = options.clock.now();
  const reports = await assess(reference, { ...options, integrity: 'require' });
  const finished = options.clock.now();
  const judged = judgeAll(image, reports, { documents, gate: work.gate, now: finished });
  const stated = { ...work, documents, image, judged, times: { started, finished } };
  const outcome = outcomeOf(judged);
  const done = outcome === 'unknown' ? NOTHING : await signAndAttach(reference, stated, options, open);
  return {
    schemaVersion: '1.0',
    kind: 'own-evidence',
    tool: options.tool,
    image: { reference: image.reference, repository: image.repository },
    by: done.by,
    format: work.format,
    outcome,
    judged: judged.map(describeJudged),
    attached: done.attached,
    notes: notesOf(stated, outcome),
  };
}

type Done = Pick<OwnEvidenceReport, 'by' | 'attached'>;

const NOTHING: Done = { by: null, attached: [] };

/** The key is opened when there is something to sign: certificates and tokens of keyless signers last for minutes. */
async function signAndAttach(
  reference: string,
  stated: ToState,
  options: OwnEvidenceOptions,
  open: OpenOptions,
): Promise<Done> {
  return await withSigning(options, async (signing) => {
    const signed = await signAll(stated, options, signing);
    const attached = await attach(
      signed.map(({ artifact }) => artifact),
      reference,
      open,
    );
    return { by: signing.by, attached: signed.flatMap((one, at) => describeAttached(one, attached[at])) };
  });
}

interface LookedAt {
  readonly reference: string;
  readonly repository: string | null;
  readonly subjects: readonly EvidenceSubject[];
}

async function lookAt(reference: string, open: OpenOptions): Promise<LookedAt> {
  const source = await openEvidence(reference, open);
  try {
    return { reference: source.reference, repository: source.repository, subjects: source.subjects };
  } finally {
    await source.close();
  }
}

/** One platform with its report. */
interface Judged {
  readonly subject: EvidenceSubject;
  readonly report: Report;
  /** Statements of the exceptions that except nothing in it, and why. */
  readonly idle: ReadonlyMap<object, string>;
}

interface JudgedBy {
  readonly documents: readonly ExceptionDocument[];
  readonly gate: GateRequest | null;
  readonly now: number;
}

function judgeAll(image: LookedAt, reports: readonly Report[], by: JudgedBy): readonly Judged[] {
  const manifests = image.subjects.filter(({ kind }) => kind === 'manifest');
  assertSameImages(image.reference, manifests, reports);
  return manifests.flatMap((subject) => {
    const report = reports.find((one) => one.image.digest === subject.digest);
    return report === undefined ? [] : [judgeOne(subject, report, image, by)];
  });
}

function judgeOne(
  subject: EvidenceSubject,
  report: Report,
  image: LookedAt,
  { documents, gate, now }: JudgedBy,
): Judged {
  const indexes = image.subjects.filter(({ children }) => children.includes(subject.digest));
  const named = {
    repository: image.repository,
    digests: [subject.digest, ...indexes.map(({ digest }) => digest)],
    platform: report.image.platform,
  };
  const { exceptions, idle } = applyExceptions(report.findings, documents, named, now);
  const counting = report.findings.filter((finding) => !isExcepted(finding, exceptions));
  return {
    subject,
    idle,
    report: {
      ...report,
      ...(documents.length === 0 ? {} : { exceptions }),
      ...(gate === null ? {} : { gate: judge(counting, report.unknowns, gate.failOn, gate.allowUnknown) }),
    },
  };
}

function outcomeOf(judged: readonly Judged[]): OwnEvidenceReport['outcome'] {
  const outcomes = judged.map(({ report }) => report.gate?.outcome ?? null);
  if (outcomes.includes(null)) {
    return null;
  }
  return outcomes.includes('refused') ? 'refused' : outcomes.includes('unknown') ? 'unknown' : 'passed';
}

interface ToState extends Omit<OwnEvidenceWork, 'exceptions'> {
  readonly documents: readonly ExceptionDocument[];
  readonly image: LookedAt;
  readonly judged: readonly Judged[];
  readonly times: { readonly started: number; readonly finished: number };
}

/** The statements about the platforms, then that about the index, which rests on theirs. */
async function signAll(
  work: ToState,
  { platform, signal, tool }: OwnEvidenceOptions,
  signing: Signing,
): Promise<readonly SignedStatement[]> {
  const { gate, documents, image, on } = work;
  const policy = gate === null ? null : policyOf(gate, documents);
  const stated: StatedImage = { repository: image.repository, format: work.format, policy, times: work.times };
  const signed: SignedStatement[] = [];
  const indexes = image.subjects.filter(({ kind }) => kind === 'index');
  for (const { subject, report } of on === 'index' && indexes.length > 0 ? [] : work.judged) {
    signal.throwIfAborted();
    signed.push(...(await signPlatform(subject, report, work.kinds, stated, signing)));
  }
  if (policy !== null && platform === 'all' && on !== 'platforms' && work.kinds.has('summary')) {
    const decisions = work.judged.flatMap(({ report }) => (isJudged(report) ? [decisionOf(report)] : []));
    const inputs = signed.filter(({ evidence }) => evidence === 'summary').map(({ blob }) => blob);
    for (const index of indexes) {
      signed.push(await signIndex(index, { ...stated, policy, tool, decisions, inputs }, signing));
    }
  }
  return signed;
}

function describeJudged({ subject, report }: Judged): JudgedPlatform {
  const judged = isJudged(report) ? report : null;
  return {
    subject: describeSubject(subject),
    findings: report.findings.length,
    unknowns: report.unknowns.length,
    decision: judged && decisionOf(judged),
    reasons: judged === null ? [] : reasonsOf(judged),
    exceptions: report.exceptions ?? [],
    validUntil: judged && validUntil(judged),
  };
}

function describeAttached(
  { subject, evidence, predicateType, blob }: SignedStatement,
  attached: Attached | undefined,
): readonly AttachedEvidence[] {
  return attached === undefined
    ? []
    : [
        {
          subject: describeSubject(subject),
          evidence,
          predicateType,
          blob,
          manifest: attached.manifest,
          route: attached.route,
        },
      ];
}

/** What a user may miss among what was attached, and what the exceptions did not do. */
function notesOf({ kinds, gate, judged, on }: ToState, outcome: OwnEvidenceReport['outcome']): readonly string[] {
  if (outcome === 'unknown') {
    return ['Nothing is attached: whether the image passes is not known.'];
  }
  const excepted = judged.some(({ report }) => (report.exceptions ?? []).length > 0);
  const [first] = judged;
  const idle = [...(first?.idle ?? [])].flatMap(([statement, reason]) =>
    judged.every((one) => one.idle.has(statement)) ? [reason] : [],
  );
  return [
    ...(gate === null && (kinds.has('verdict') || kinds.has('summary'))
      ? ['No verdict and no summary: --fail-on says what an image is judged by.']
      : []),
    ...(kinds.has('vex') && !excepted && on !== 'index' ? ['No OpenVEX document: nothing is excepted.'] : []),
    ...idle.map((reason) => `Excepts nothing: ${reason}.`),
  ];
}
