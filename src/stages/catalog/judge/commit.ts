import type { JudgedFacts, StoredOrigin } from '#assess/index.ts';
import { newId } from '#base/uuid.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Records, ResolvedManifest, StandingManifest } from '#model/platform/records.ts';
import type { Approval, ImageState } from '#model/platform/state.ts';
import type { Report } from '#model/report.ts';
import { repositoryEvent } from '../context.ts';
import { askForAttestation } from './ask-for-attestation.ts';
import type { DecidingPolicies, JudgeContext } from './context.ts';
import { keepApproval } from './keep-approval.ts';
import { keepState } from './keep-state.ts';
import { type NextApproval, nextApproval } from './next-approval.ts';
import { nextState } from './next-state.ts';
import { type Outcome, saysTheSame } from './outcome.ts';
import type { Past } from './past-verdicts.ts';
import { retiredApproval } from './retired-approval.ts';
import { packageFindings, summaryOf } from './summary.ts';
import { bySupport } from './support.ts';

/** What was computed of an image of one platform. */
export interface Judging {
  readonly manifest: ResolvedManifest;
  readonly report: Report;
  readonly verdicts: readonly (JudgedFacts & { readonly outcome: Outcome })[];
  /** By environment. */
  readonly past: ReadonlyMap<string, Past>;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
  readonly cause: string;
  /** See `ImageToJudge`. */
  readonly lease: string | null;
  /** When it was decided. */
  readonly now: number;
}

/**
 * Writes what verdicts come to, all or nothing. What counts is what is there now: whatever a person decided while this was computed wins, and a manifest
 * that was deleted meanwhile is left alone. False when it was marked again or taken by somebody else: then nothing is written, since this was decided by what
 * was known before.
 */
export async function commitJudgement(context: JudgeContext, judging: Judging): Promise<boolean> {
  try {
    await context.store.transaction((records) => commit(context, records, judging));
    return true;
  } catch (error) {
    if (error instanceof Overtaken) {
      return false;
    }
    throw error;
  }
}

/** Undoes the transaction that it is thrown in. */
class Overtaken extends Error {}

async function commit(context: JudgeContext, records: Records, judging: Judging): Promise<void> {
  const { repositoryId, digest } = judging.manifest;
  const manifest = await records.manifests.find(repositoryId, digest, null);
  if (manifest === null) {
    return;
  }
  const said = new Map((await records.judgements.ofImage(repositoryId, digest)).map((one) => [one.environment, one]));
  const approvals = new Map(
    (await records.manifests.approvals(repositoryId, digest)).map((one) => [one.environment, one]),
  );
  let isDecidedByOthers = false;
  let isNews = false;
  for (const one of judging.verdicts) {
    const previous = said.get(one.outcome.environment) ?? null;
    const kept = await keepVerdict(context, records, judging, one);
    const { outcome } = kept;
    isNews ||= kept.isNew || previous?.outcome !== outcome.outcome || previous.reason !== outcome.reason;
    const before = approvals.get(outcome.environment) ?? null;
    const { approval, isLost } = await decide(context, records, judging, { kept, previous, before });
    isDecidedByOthers ||= isLost;
    if (approval !== null) {
      approvals.set(outcome.environment, approval);
    }
  }
  await moveState(context, records, judging, manifest, await standingIn(context, records, judging, approvals));
  await keepForSearch(records, judging, said.size === 0);
  await attestAnew(context, records, judging, isNews);
  // Last, as those do who mark: they have what they changed before they wait for this.
  if (judging.lease !== null && !(await records.judgements.holds(repositoryId, digest, judging.lease))) {
    throw new Overtaken();
  }
  if (isDecidedByOthers) {
    // Their word counts, and it is looked at again.
    await records.judgements.mark({ kind: 'image', repositoryId, digest }, judging.cause, judging.now);
  }
}

/** Whatever is decided: what was found in it, or is said of it, may be other than before. */
const REPORTED_ANEW: ReadonlySet<string> = new Set(['new', 'advisories', 'evidence']);

/** What we state of it is other than before: what was found in it, or what is said of it, exceptions and statements of others included. */
async function attestAnew(
  { key = null, askToAttest }: JudgeContext,
  records: Records,
  { manifest, cause, now }: Judging,
  isNews: boolean,
): Promise<void> {
  if (key === null || !(isNews || REPORTED_ANEW.has(cause))) {
    return;
  }
  const { repository, digest } = manifest;
  const image = { repository: repository.name, digest };
  if (askToAttest === undefined) {
    await askForAttestation(records, [[repository, image]], now);
  } else {
    askToAttest(repository, image);
  }
}

/** The actor of what follows. */
function actorOf({ origin }: Pick<Judging, 'origin'>): string {
  return origin.source === null ? WORKER.id : `source:${origin.source}`;
}

interface KeptVerdict {
  readonly outcome: Outcome;
  /** Whether its record was kept, and not an earlier one stands. */
  readonly isNew: boolean;
  /** When the record was made that stands now. */
  readonly since: number;
}

/** A record that says what the one before says is not kept: then that one stands. */
async function keepVerdict(
  { random }: JudgeContext,
  records: Records,
  { manifest, past, now }: Judging,
  { verdict, text, outcome }: Judging['verdicts'][number],
): Promise<KeptVerdict> {
  const { environment, validUntil } = outcome;
  const newest = past.get(environment)?.newest ?? null;
  if (newest !== null && saysTheSame(newest.verdict, verdict)) {
    const since = Date.parse(newest.verdict.context.time);
    return { outcome: { ...outcome, verdict: newest.digest }, isNew: false, since };
  }
  await records.verdicts.append({
    id: newId(now, random),
    repository: manifest.repository,
    digest: manifest.digest,
    environment,
    outcome: outcome.outcome,
    validUntil,
    decidedAt: now,
    content: text,
  });
  return { outcome, isNew: true, since: now };
}

async function keepJudgement(
  context: JudgeContext,
  records: Records,
  { manifest, cause, now }: Judging,
  { environment, outcome, reason, verdict }: Outcome,
  { previous, validUntil }: { readonly previous: Judgement | null; readonly validUntil: number | null },
): Promise<void> {
  const { repository, repositoryId, digest } = manifest;
  const judgement = { repositoryId, digest, environment, outcome, reason, verdict, validUntil, judgedAt: now };
  await records.judgements.set(repository, judgement);
  if (previous?.outcome !== outcome || previous.reason !== reason) {
    const data = { digest, environment, outcome, before: previous?.outcome ?? null, reason, cause };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.judged.v1', actor: WORKER.id, data }),
    );
  }
}

interface Deciding {
  readonly kept: KeptVerdict;
  readonly previous: Judgement | null;
  readonly before: Approval | null;
}

/** What counts for the environment from now on. */
async function decide(
  context: JudgeContext,
  records: Records,
  judging: Judging,
  { kept, previous, before }: Deciding,
): Promise<{ readonly approval: Approval | null; readonly isLost: boolean }> {
  const { manifest, policies, now } = judging;
  const { outcome } = kept;
  const { environment } = outcome;
  const graceMs = policies.set.environments.find(({ name }) => name === environment)?.graceMs ?? 0;
  const actor = actorOf(judging);
  const next = nextApproval({ before, previous, now: outcome, graceMs, time: now, by: actor });
  await keepJudgement(context, records, judging, outcome, { previous, validUntil: turnOf(kept, next, now) });
  const { approval, flagged } = next;
  if (approval !== null && approval !== before) {
    if (!(await keepApproval(context, records, manifest, { before, after: approval }))) {
      // Somebody decided at this moment.
      return { approval: before, isLost: true };
    }
  }
  const isNews = previous?.outcome !== outcome.outcome || previous.reason !== outcome.reason || approval !== before;
  if (flagged !== null && isNews) {
    const { repository, digest } = manifest;
    const data = { digest, environment, reason: outcome.reason, until: flagged.until };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.flagged.v1', actor, data }),
    );
  }
  return { approval, isLost: false };
}

/** The shortest and the longest time after which what is not known is asked for again. */
const RETRY_MS = { least: 60 * 60 * 1000, most: 24 * 60 * 60 * 1000 } as const;

/** When it is looked at again without anybody saying so: when the verdict may change, when its approval ends, and, later and later, whether more is known. */
function turnOf({ outcome, since }: KeptVerdict, { approval }: NextApproval, now: number): number | null {
  const { least, most } = RETRY_MS;
  const turns = [
    outcome.validUntil,
    approval?.decision === 'approved' ? approval.validUntil : null,
    outcome.outcome === 'unknown' ? now + Math.min(Math.max(now - since, least), most) : null,
  ].flatMap((at) => (at === null || at <= now ? [] : [at]));
  return turns.length === 0 ? null : Math.min(...turns);
}

/** Approvals for environments that there are. What was approved for others is approved no more: their robots pull nothing, and it keeps nothing out of quarantine. */
async function standingIn(
  context: JudgeContext,
  records: Records,
  judging: Judging,
  approvals: ReadonlyMap<string, Approval>,
): Promise<readonly Approval[]> {
  const { manifest, policies, now } = judging;
  const { environments } = policies.compiled;
  for (const [environment, before] of approvals) {
    const after = environments.has(environment) ? null : retiredApproval(before, { time: now, by: actorOf(judging) });
    if (after !== null) {
      await keepApproval(context, records, manifest, { before, after });
    }
  }
  return [...approvals.values()].filter(({ environment }) => environments.has(environment));
}

async function moveState(
  context: JudgeContext,
  records: Records,
  judging: Judging,
  { standing, pushedAt }: StandingManifest,
  approvals: readonly Approval[],
): Promise<void> {
  const { manifest, origin, now } = judging;
  const by = actorOf(judging);
  let { state } = standing;
  const steps = [
    (from: ImageState) => nextState({ state: from, pushedAt, approvals, deciding: origin.environment, time: now, by }),
    (from: ImageState) => bySupport(from, judging.report.lifecycle ?? [], { time: now, by }),
  ];
  for (const step of steps) {
    const next = state === null ? null : step(state);
    if (state !== null && next !== null && (await keepState(context, records, manifest, { state, next }))) {
      state = next;
    }
  }
}

/** Findings of package versions are those of the advisories, whatever image they are in: they are written with the first image, and with other advisories. */
async function keepForSearch(records: Records, judging: Judging, isFirst: boolean): Promise<void> {
  const { manifest, report, verdicts, origin, now } = judging;
  const said = verdicts.map(({ verdict }) => verdict);
  await records.catalog.summarise(manifest.repository, manifest.digest, summaryOf(report, said, origin.environment));
  if (isFirst || judging.cause === 'new') {
    const purls = [...new Set(report.packages.map(({ purl }) => purl))];
    await records.findings.replace(purls, packageFindings(report), now);
  }
}
