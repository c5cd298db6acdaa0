import { attach, type OpenOptions, openEvidence } from '#lib/oci/index.ts';
import { applyVex, type GivenVex } from '#lib/vex/index.ts';
import type { Attached } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { exceptionsByFinding, withoutSource } from '#model/exception.ts';
import type { AttachedEvidence, JudgedPlatform, OwnEvidence, OwnEvidenceReport } from '#model/own-evidence-report.ts';
import type { Platform } from '#model/platform.ts';
import type { Report } from '#model/report.ts';
import type { Advisories } from '../advisories.ts';
import { type AssessOptions, assess } from '../assess.ts';
import { judge } from '../gate.ts';
import type { JudgeRequest } from '../policy/judge.ts';
import { describeSubject, openOptions, type SignedPart, type SignImageOptions } from '../sign.ts';
import { type NamedBytes, type Signing, withSigning } from '../signing.ts';
import type { TrustSource } from '../trust.ts';
import { givenFile } from '../vex/given.ts';
import { decisionOfReport, decisionsOf, explained } from './decision.ts';
import { type GateRequest, policyOf } from './gate-policy.ts';
import { assertSameImages } from './same-images.ts';
import { basisOf, type SignedStatement, type StatedImage, signIndex, signPlatform } from './statements.ts';

/** What to state. */
export interface OwnEvidenceWork {
  readonly format: 'bundle' | 'cosign-legacy';
  readonly kinds: ReadonlySet<OwnEvidence>;
  /** With neither this nor `policy` there is no verdict, and no summary of one; never both. */
  readonly gate: GateRequest | null;
  readonly policy: PolicyQuestion | null;
  /** VEX documents, read already: `name` is what they are called in messages. */
  readonly exceptions: readonly NamedBytes[];
  readonly on: SignedPart;
}

/** What is asked of policy. */
export interface PolicyQuestion extends Pick<JudgeRequest, 'policies' | 'context' | 'allowUnknown' | 'keep'> {
  /** Whose statements on the image are facts; null looks at none. */
  readonly trust: TrustSource | null;
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
  const documents = await Promise.all(work.exceptions.map(givenFile));
  const open = { ...(await openOptions(options)), platform: options.platform, offline: options.offline };
  const image = await lookAt(reference, open);
  const started = options.clock.now();
  const trust = work.policy?.trust ?? null;
  const reports = await assess(reference, {
    ...options,
    integrity: 'require',
    ...(trust === null ? {} : { evidence: { trust }, vex: work.exceptions }),
  });
  const finished = options.clock.now();
  const judged = await judgeAll(image, reports, { ...work, documents, home: options.home, now: finished });
  const stated = { ...work, documents, image, judged, times: { started, finished } };
  const outcome = outcomeOf(judged);
  const done = outcome === 'unknown' ? NOTHING : await signAndAttach(reference, stated, options, open);
  return {
    schemaVersion: '1.1',
    kind: 'own-evidence',
    tool: options.tool,
    image: { reference: image.reference, repository: image.repository },
    by: done.by,
    format: work.format,
    environment: work.policy?.policies.environment ?? null,
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

interface JudgedBy extends Pick<OwnEvidenceWork, 'gate' | 'policy'> {
  readonly documents: readonly GivenVex[];
  readonly home: string;
  readonly now: number;
}

async function judgeAll(image: LookedAt, reports: readonly Report[], by: JudgedBy): Promise<readonly Judged[]> {
  const manifests = image.subjects.filter(({ kind }) => kind === 'manifest');
  assertSameImages(image.reference, manifests, reports);
  const found = manifests.flatMap((subject) => {
    const report = reports.find((one) => one.image.digest === subject.digest);
    return report === undefined ? [] : [{ subject, report }];
  });
  const judged: Judged[] = [];
  for (const { subject, report } of found) {
    judged.push(await judgeOne(subject, report, image, by));
  }
  return judged;
}

async function judgeOne(
  subject: EvidenceSubject,
  report: Report,
  image: LookedAt,
  { documents, gate, policy, home, now }: JudgedBy,
): Promise<Judged> {
  const indexes = image.subjects.filter(({ children }) => children.includes(subject.digest));
  const named = {
    repository: image.repository,
    digests: [subject.digest, ...indexes.map(({ digest }) => digest)],
    platform: report.image.platform,
  };
  const target = { image: named, packages: report.packages, findings: report.findings };
  const { exceptions, idle } = await applyVex(documents, target, now);
  // Where evidence was looked at, the scan has applied them together with what hangs on the image.
  const excepted =
    documents.length === 0 || (policy !== null && policy.trust !== null) ? report : { ...report, exceptions };
  if (policy !== null) {
    const { judgeReport } = await import('../policy/judge.ts');
    const { verdict } = await judgeReport(excepted, { ...policy, home, now });
    return { subject, idle, report: { ...excepted, verdict } };
  }
  const exceptionOf = exceptionsByFinding(exceptions);
  const counting = report.findings.filter((finding) => exceptionOf(finding) === null);
  return {
    subject,
    idle,
    report: {
      ...excepted,
      ...(gate === null ? {} : { gate: judge(counting, report.unknowns, gate.failOn, gate.allowUnknown) }),
    },
  };
}

function outcomeOf(judged: readonly Judged[]): OwnEvidenceReport['outcome'] {
  const decisions = judged.map(({ report }) => decisionOfReport(report));
  if (decisions.includes(null)) {
    return null;
  }
  return decisions.includes('refuse') ? 'refused' : decisions.includes('error') ? 'unknown' : 'passed';
}

interface ToState extends Omit<OwnEvidenceWork, 'exceptions'> {
  readonly documents: readonly GivenVex[];
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
  const policy =
    gate === null
      ? null
      : policyOf(
          gate,
          documents.map(({ from }) => from.digest),
        );
  const stated: StatedImage = { repository: image.repository, format: work.format, policy, times: work.times };
  const signed: SignedStatement[] = [];
  const indexes = image.subjects.filter(({ kind }) => kind === 'index');
  for (const { subject, report } of on === 'index' && indexes.length > 0 ? [] : work.judged) {
    signal.throwIfAborted();
    signed.push(...(await signPlatform(subject, report, work.kinds, stated, signing)));
  }
  const reports = work.judged.map(({ report }) => report);
  const by = basisOf(reports, policy);
  if (by !== null && platform === 'all' && on !== 'platforms' && work.kinds.has('summary')) {
    const decisions = decisionsOf(reports);
    const inputs = signed.filter(({ evidence }) => evidence === 'summary').map(({ blob }) => blob);
    for (const index of indexes) {
      signed.push(await signIndex(index, { ...stated, tool, decisions, by, inputs }, signing));
    }
  }
  return signed;
}

function describeJudged({ subject, report }: Judged): JudgedPlatform {
  return {
    subject: describeSubject(subject),
    findings: report.findings.length,
    unknowns: report.unknowns.length,
    decision: decisionOfReport(report),
    exceptions: (report.exceptions ?? []).map(withoutSource),
    ...explained(report),
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
function notesOf(
  { kinds, gate, policy, judged, on }: ToState,
  outcome: OwnEvidenceReport['outcome'],
): readonly string[] {
  if (outcome === 'unknown') {
    return ['Nothing is attached: whether the image passes is not known.'];
  }
  const excepted = judged.some(({ report }) => (report.exceptions ?? []).some(({ from }) => from.kind === 'file'));
  const [first] = judged;
  const idle = [...(first?.idle ?? [])].flatMap(([statement, reason]) =>
    judged.every((one) => one.idle.has(statement)) ? [reason] : [],
  );
  return [
    ...(gate === null && policy === null && (kinds.has('verdict') || kinds.has('summary'))
      ? ['No verdict and no summary: --fail-on or --environment says what an image is judged by.']
      : []),
    ...(kinds.has('vex') && !excepted && on !== 'index' ? ['No OpenVEX document: nothing is excepted.'] : []),
    ...idle.map((reason) => `Excepts nothing: ${reason}.`),
  ];
}
