import type { Clock } from '#base/clock.ts';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import { attach } from '#lib/oci/index.ts';
import { predicateFromFile } from '#lib/trust/index.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { OwnEvidence } from '#model/own-evidence-report.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import type { Report } from '#model/report.ts';
import type { SigningKey } from '#model/signing.ts';
import type { Verdict } from '#model/verdict.ts';
import { type SignedStatement, signPlatform } from '../own-evidence/statements.ts';
import { attestOne } from '../sign.ts';
import type { Signing } from '../signing.ts';
import { localAccess } from './evidence-of-stored.ts';

/** By these annotations of its manifest what is ours is found again: what it states, and of what that was made. */
const OWN_ANNOTATIONS = { statement: 'dev.plimsoll.statement', content: 'dev.plimsoll.content' } as const;

/** Where something of ours is attached, and by whom. */
export interface OwnPlace {
  /** `registry/path`, as statements name it. */
  readonly repository: string;
  readonly local: LocalRepository;
  readonly subject: EvidenceSubject;
  /** What of ours hangs on it already: its manifest, and its annotations. */
  readonly existing: readonly { readonly digest: Digest; readonly annotations: Readonly<Record<string, string>> }[];
}

export interface OwnSigner {
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** What is there now. */
export interface AttachedOwn {
  /** Names of the statements that are new. */
  readonly attached: readonly string[];
  /** Manifests that say what another one says now: they can go. */
  readonly superseded: readonly Digest[];
}

/** What is known of the image of one platform. */
export interface OwnKnowledge {
  /** Without a verdict. */
  readonly report: Report;
  /** One for each environment that was asked. */
  readonly verdicts: readonly Verdict[];
  /** When it was put together, milliseconds. */
  readonly at: number;
}

/** A statement before it is signed. */
interface Wanted {
  readonly name: string;
  /** Of all that it says but for times. */
  readonly content: Digest;
  readonly sign: (signing: Signing) => Promise<Artifact>;
}

/**
 * Attaches what we know of an image, signed by our key, as bundles that hang on it: its bill of materials, its vulnerabilities, and for every environment the verdict and
 * a summary of it. What is there already with the same content is left as it is. Throws what signing and attaching throw.
 */
export async function attachOwn(place: OwnPlace, known: OwnKnowledge, signer: OwnSigner): Promise<AttachedOwn> {
  const { report, verdicts, at } = known;
  const {
    trust: _trust,
    verdict: _verdict,
    evidence: _evidence,
    advisories,
    findings,
    unknowns,
    covered,
    headers,
    lifecycle,
    exceptions,
    ...inventory
  } = report;
  const found = {
    findings,
    unknowns,
    covered,
    headers,
    lifecycle,
    exceptions,
    of: advisories.map(({ ecosystem }) => ecosystem),
  };
  const one =
    (kind: OwnEvidence, from: Report): Wanted['sign'] =>
    async (signing) =>
      await signOne(kind, place, from, at, signing);
  return await attachWanted(
    place,
    [
      { name: 'cyclonedx', content: contentOf(inventory), sign: one('cyclonedx', report) },
      { name: 'vulnerabilities', content: contentOf({ ...inventory, ...found }), sign: one('vulnerabilities', report) },
      ...verdicts.flatMap((verdict): readonly Wanted[] => {
        const { environment } = verdict.context;
        const content = contentOf(verdict);
        const judged = { ...report, verdict };
        return [
          { name: `verdict ${environment}`, content, sign: one('verdict', judged) },
          { name: `summary ${environment}`, content, sign: one('summary', judged) },
        ];
      }),
    ],
    signer,
  );
}

/** Attaches one statement of another type, such as where an image was taken from. `name`: those of one name replace each other. */
export async function attachStatement(
  place: OwnPlace,
  statement: { readonly name: string; readonly type: string; readonly predicate: object },
  signer: OwnSigner,
): Promise<AttachedOwn> {
  const { name, type, predicate } = statement;
  const sign = async (signing: Signing): Promise<Artifact> => {
    const file = { name, bytes: Buffer.from(JSON.stringify(predicate)) };
    const text = predicateFromFile(type, file, signing.now);
    return await attestOne(place.subject, { format: 'bundle', predicate: text, repository: place.repository }, signing);
  };
  return await attachWanted(place, [{ name, content: contentOf(predicate), sign }], signer);
}

async function attachWanted(
  place: OwnPlace,
  all: readonly Wanted[],
  { key, clock, signal, log }: OwnSigner,
): Promise<AttachedOwn> {
  const { existing, subject, repository } = place;
  const kept = new Map<string, Digest>();
  for (const { digest, annotations } of existing) {
    const name = annotations[OWN_ANNOTATIONS.statement] ?? '';
    const wanted = all.find((one) => one.name === name);
    if (wanted?.content === annotations[OWN_ANNOTATIONS.content] && !kept.has(name)) {
      kept.set(name, digest);
    }
  }
  const missing = all.filter(({ name }) => !kept.has(name));
  const signing = signingWith(key, clock.now(), signal);
  const artifacts: Artifact[] = [];
  for (const { name, content, sign } of missing) {
    signal.throwIfAborted();
    artifacts.push(annotated(await sign(signing), name, content));
  }
  if (artifacts.length > 0) {
    await attach(artifacts, `${repository}@${subject.digest}`, {
      platform: 'all',
      host: { os: 'linux', architecture: 'amd64' },
      integrity: 'require',
      temporaryFolder: '',
      offline: true,
      access: localAccess(place, clock),
      signal,
      log,
    });
  }
  const names = new Set(all.map(({ name }) => name));
  const superseded = existing.filter(({ digest, annotations }) => {
    const name = annotations[OWN_ANNOTATIONS.statement];
    return name !== undefined && names.has(name) && kept.get(name) !== digest;
  });
  return { attached: missing.map(({ name }) => name), superseded: superseded.map(({ digest }) => digest) };
}

async function signOne(
  kind: OwnEvidence,
  { subject, repository }: OwnPlace,
  report: Report,
  at: number,
  signing: Signing,
): Promise<Artifact> {
  const times = { started: at, finished: at };
  const stated = { repository, format: 'bundle', policy: null, times } as const;
  const [signed]: readonly SignedStatement[] = await signPlatform(subject, report, new Set([kind]), stated, signing);
  if (signed === undefined) {
    throw new TypeError(`nothing is stated as ${kind}`);
  }
  return signed.artifact;
}

/** Our own clock vouches for the time: nobody is asked over the network. */
function signingWith(key: SigningKey, now: number, signal: AbortSignal): Signing {
  const by = { name: key.name, fingerprint: key.fingerprint, identity: null, timestampAuthorities: [], logs: [] };
  return { key, now, signal, witnesses: { timestamps: [], logs: [] }, by };
}

function annotated(artifact: Artifact, statement: string, content: Digest): Artifact {
  const own = [
    [OWN_ANNOTATIONS.statement, statement],
    [OWN_ANNOTATIONS.content, content],
  ] as const;
  return { ...artifact, annotations: new Map([...artifact.annotations, ...own]) };
}

function contentOf(value: object): Digest {
  return digestOf(JSON.stringify(value));
}
