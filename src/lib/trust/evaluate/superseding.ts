import type { EvidenceProblem, SupersedingEvidence } from '#model/evidence.ts';
import type { Predicate } from '../attestations/predicates/predicate.ts';
import { saidTime } from './freshness.ts';
import type { Accepted, Fault, Judged } from './judged.ts';
import { signerIdentity } from './signer-identity.ts';

/**
 * Which statements are current. Statements of one type about one manifest by one signer are a line, of which the newest is
 * current: by the time that somebody vouches for where there is one, else by its own. Only signatures that were accepted
 * make a line, so that no stranger can supersede anything; and what is superseded stays to be seen.
 */
export interface Superseding {
  /** The newest of its line; null for that one itself, and where one of its signers has none that is newer. */
  supersededBy(item: Judged): SupersedingEvidence | null;
  /**
   * Why a favourable decision does not count: the same signer has decided otherwise since, or nobody can tell which was
   * first, or whether there is another.
   */
  withdrawn(item: Judged, accepted: Accepted): Fault | null;
}

interface Dated {
  readonly item: Judged;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly from: SupersedingEvidence['timeFrom'];
}

interface Line {
  readonly newest: Dated | null;
  readonly refusal: Refusal | null;
}

interface Refusal {
  readonly object: string;
  /** Infinity for one that does not say when it was made. */
  readonly time: number;
}

const EMPTY: Line = { newest: null, refusal: null };

/** Of what hangs on a manifest some was not looked at, because there is too much of it. */
const TOO_MUCH: ReadonlySet<string> = new Set(['ATTACHMENT_TOO_LARGE', 'EVIDENCE_TOO_MUCH', 'REFERRERS_TOO_MANY']);

export function findSuperseding(judged: readonly Judged[], problems: readonly EvidenceProblem[]): Superseding {
  const unread = new Set([
    ...problems.filter(({ code }) => TOO_MUCH.has(code)).map(({ subject }) => subject),
    ...judged
      .filter(({ rejected }) => rejected.some(({ code }) => TOO_MUCH.has(code)))
      .map(({ subject }) => subject.digest),
  ]);
  const lines = new Map<string, Line>();
  for (const item of judged) {
    for (const accepted of item.accepted) {
      const name = lineOf(item, accepted);
      if (name !== null) {
        lines.set(name, extended(lines.get(name) ?? EMPTY, item, accepted));
      }
    }
  }
  return {
    supersededBy: (item) => {
      const newer = item.accepted.map((accepted) => newerThan(item, accepted, lines));
      return newer.includes(null) ? null : (newer[0] ?? null);
    },
    withdrawn: (item, accepted) => {
      if (isDecision(item) && unread.has(item.subject.digest)) {
        return maybeWithdrawn(item);
      }
      const name = lineOf(item, accepted);
      const refusal = name === null ? null : (lines.get(name)?.refusal ?? null);
      const time = datedOf(item, accepted)?.time ?? Number.NEGATIVE_INFINITY;
      return refusal === null || refusal.time < time ? null : withdrawnBy(item, refusal);
    },
  };
}

function extended({ newest, refusal }: Line, item: Judged, accepted: Accepted): Line {
  const dated = datedOf(item, accepted);
  return {
    newest: dated !== null && (newest === null || dated.time > newest.time) ? dated : newest,
    refusal: laterRefusal(refusal, item, dated?.time ?? Number.POSITIVE_INFINITY),
  };
}

function laterRefusal(known: Refusal | null, item: Judged, time: number): Refusal | null {
  const refuses = item.claim?.kind === 'attestation' && isRefusal(item.claim.predicate);
  return refuses && (known === null || time > known.time) ? { object: item.content.object, time } : known;
}

function newerThan(item: Judged, accepted: Accepted, lines: ReadonlyMap<string, Line>): SupersedingEvidence | null {
  const name = lineOf(item, accepted);
  const newest = name === null ? null : (lines.get(name)?.newest ?? null);
  const own = datedOf(item, accepted);
  if (newest === null || own === null || newest.time <= own.time) {
    return null;
  }
  return {
    attachment: newest.item.attachment.digest,
    blob: newest.item.content.blob,
    time: new Date(newest.time).toISOString(),
    timeFrom: newest.from,
  };
}

/** Statements of the same name are of one line; null for what does not describe a state that passes. */
function lineOf({ subject, claim }: Judged, { verified }: Accepted): string | null {
  if (claim?.kind !== 'attestation') {
    return null;
  }
  const part = partOf(claim.predicate);
  return part === null
    ? null
    : JSON.stringify([subject.digest, claim.predicateType, signerIdentity(verified.signer), part]);
}

/**
 * What tells lines of one type and signer apart; null for what is said once and stays true (a build, a test). A signer may
 * speak for several verifiers, an environment decides for itself, and a document of exceptions has an identifier that its versions share.
 */
function partOf(predicate: Predicate): string | null {
  switch (predicate.kind) {
    case 'sbom':
    case 'vulnerabilities':
    case 'verdict':
      return '';
    case 'verification-summary':
      return predicate.verifierId;
    case 'policy-verdict':
      return predicate.environment;
    case 'vex':
      return predicate.id;
    case 'provenance':
    case 'test-result':
    case 'sarif':
    case 'dast':
    case 'signature':
    case 'other':
      return null;
  }
}

function isRefusal(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'verification-summary':
      return predicate.result === 'FAILED';
    case 'verdict':
      return predicate.decision === 'refuse' || predicate.decision === 'error';
    case 'policy-verdict':
      return predicate.decision === 'refuse';
    default:
      return false;
  }
}

function isDecision({ claim }: Judged): boolean {
  const kind = claim?.kind === 'attestation' ? claim.predicate.kind : null;
  return kind === 'verification-summary' || kind === 'verdict' || kind === 'policy-verdict';
}

function datedOf(item: Judged, { verified }: Accepted): Dated | null {
  const vouched = verified.times.at(-1)?.time ?? null;
  if (vouched !== null) {
    return { item, time: vouched, from: 'verified-time' };
  }
  const said = item.claim?.kind === 'attestation' ? saidTime(item.claim.predicate) : null;
  return said === null ? null : { item, time: said, from: 'predicate-time' };
}

function withdrawnBy({ content }: Judged, { object, time }: Refusal): Fault {
  const when = Number.isFinite(time) ? `of ${new Date(time).toISOString()}` : 'that does not say when it was made';
  return {
    code: 'EVIDENCE_SUPERSEDED',
    reason: `${content.object}: expected the last word of its signer, found another, ${object}, ${when}, which refuses the image`,
  };
}

function maybeWithdrawn({ content, subject }: Judged): Fault {
  return {
    code: 'EVIDENCE_TOO_MUCH',
    reason: `${content.object}: expected the last word of its signer, found more on ${subject.digest} than is read: a later refusal may be behind it`,
  };
}
