import type { JudgedFacts, StoredOrigin } from '#assess/index.ts';
import { newId } from '#base/uuid.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Records, ResolvedManifest, StandingManifest, VerdictRecord } from '#model/platform/records.ts';
import type { Approval, ImageState } from '#model/platform/state.ts';
import type { Report } from '#model/report.ts';
import { repositoryEvent } from '../context.ts';
import type { DecidingPolicies, JudgeContext } from './context.ts';
import { nextApproval } from './next-approval.ts';
import { nextState } from './next-state.ts';
import { type Outcome, saysTheSame } from './outcome.ts';
import { verdictOf } from './past-verdicts.ts';
import { packageFindings, summaryOf } from './summary.ts';
import { bySupport } from './support.ts';

/** What was computed of an image of one platform. */
export interface Judging {
  readonly manifest: ResolvedManifest;
  readonly report: Report;
  readonly verdicts: readonly (JudgedFacts & { readonly outcome: Outcome })[];
  /** By environment, newest first. */
  readonly past: ReadonlyMap<string, readonly VerdictRecord[]>;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
  readonly cause: string;
  /** When it was decided. */
  readonly now: number;
}

/**
 * Writes what verdicts come to, all or nothing. What counts is what is there now: whatever a person decided while this was computed wins, and a manifest
 * that was deleted meanwhile is left alone.
 */
export async function commitJudgement(context: JudgeContext, judging: Judging): Promise<void> {
  await context.store.transaction(async (records) => {
    const { repositoryId, digest } = judging.manifest;
    const manifest = await records.manifests.find(repositoryId, digest, null);
    if (manifest === null) {
      return;
    }
    const said = new Map((await records.judgements.ofImage(repositoryId, digest)).map((one) => [one.environment, one]));
    const approvals = new Map(
      (await records.manifests.approvals(repositoryId, digest)).map((one) => [one.environment, one]),
    );
    for (const one of judging.verdicts) {
      const previous = said.get(one.outcome.environment) ?? null;
      const outcome = await keepVerdict(context, records, judging, one);
      await keepJudgement(context, records, judging, outcome, previous);
      const before = approvals.get(outcome.environment) ?? null;
      const after = await keepApproval(context, records, judging, { outcome, previous, before });
      if (after !== null) {
        approvals.set(outcome.environment, after);
      }
    }
    await keepState(context, records, judging, manifest, [...approvals.values()]);
    await keepForSearch(records, judging, said.size === 0);
    await askForAttestation(context, records, judging, said);
  });
}

/** Behind all that decides: what is signed says later what was decided here. */
const ATTESTATION_PRIORITY = 10;

/** What we state of it is other than before: what was found in it, or what is said of it. */
async function askForAttestation(
  { key = null }: JudgeContext,
  records: Records,
  { manifest, verdicts, cause, now }: Judging,
  said: ReadonlyMap<string, Judgement>,
): Promise<void> {
  const isNews = verdicts.some(({ outcome: { environment, outcome, reason } }) => {
    const before = said.get(environment);
    return before?.outcome !== outcome || before.reason !== reason;
  });
  if (key === null || !(isNews || cause === 'new' || cause === 'advisories')) {
    return;
  }
  const { repository, digest } = manifest;
  const job = {
    kind: 'attest-image',
    payload: { repository: repository.name, digest },
    key: `attest-image ${repository.id} ${digest}`,
    projectId: repository.projectId,
    priority: ATTESTATION_PRIORITY,
  } as const;
  await records.jobs.enqueue(job, now);
}

/** The actor of what follows. */
function actorOf({ origin }: Pick<Judging, 'origin'>): string {
  return origin.source === null ? WORKER.id : `source:${origin.source}`;
}

/** A record that says what the one before says is not kept: then that one stands. */
async function keepVerdict(
  { random }: JudgeContext,
  records: Records,
  { manifest, past, now }: Judging,
  { verdict, text, outcome }: Judging['verdicts'][number],
): Promise<Outcome> {
  const { environment, validUntil } = outcome;
  const [newest] = past.get(environment) ?? [];
  const earlier = newest === undefined ? null : verdictOf(newest);
  if (newest !== undefined && earlier !== null && saysTheSame(earlier.verdict, verdict)) {
    return { ...outcome, verdict: earlier.digest };
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
  return outcome;
}

async function keepJudgement(
  context: JudgeContext,
  records: Records,
  { manifest, cause, now }: Judging,
  { environment, outcome, reason, verdict, validUntil }: Outcome,
  previous: Judgement | null,
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
  readonly outcome: Outcome;
  readonly previous: Judgement | null;
  readonly before: Approval | null;
}

/** What counts for the environment from now on. */
async function keepApproval(
  context: JudgeContext,
  records: Records,
  judging: Judging,
  { outcome, previous, before }: Deciding,
): Promise<Approval | null> {
  const { manifest, policies, now } = judging;
  const { environment } = outcome;
  const graceMs = policies.set.environments.find(({ name }) => name === environment)?.graceMs ?? 0;
  const actor = actorOf(judging);
  const question = { before, previous, now: outcome, graceMs, time: now, by: actor };
  const { approval, flagged } = nextApproval(question);
  const { repository, digest } = manifest;
  if (approval !== null && approval !== before) {
    if (!(await records.manifests.replaceApproval(repository, digest, before, approval))) {
      // Somebody decided at this moment: their word counts, and it is looked at again.
      await records.judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, judging.cause, now);
      return before;
    }
    const { decision, reason, validUntil } = approval;
    const data = { digest, environment, decision, reason, validUntil };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.approval-changed.v1', actor, data }),
    );
  }
  const isNews = previous?.outcome !== outcome.outcome || previous.reason !== outcome.reason || approval !== before;
  if (flagged !== null && isNews) {
    const data = { digest, environment, reason: outcome.reason, until: flagged.until };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.flagged.v1', actor, data }),
    );
  }
  return approval;
}

async function keepState(
  context: JudgeContext,
  records: Records,
  judging: Judging,
  { standing, pushedAt }: StandingManifest,
  approvals: readonly Approval[],
): Promise<void> {
  const { manifest, origin, now } = judging;
  const { repository, digest } = manifest;
  const by = actorOf(judging);
  let { state } = standing;
  const steps = [
    (from: ImageState) => nextState({ state: from, pushedAt, approvals, deciding: origin.environment, time: now, by }),
    (from: ImageState) => bySupport(from, judging.report.lifecycle ?? [], { time: now, by }),
  ];
  for (const step of steps) {
    const next = state === null ? null : step(state);
    if (
      state !== null &&
      next !== null &&
      (await records.manifests.setState(repository.id, digest, state.lifecycle, next))
    ) {
      const data = { digest, from: state.lifecycle, to: next.lifecycle, reason: next.reason };
      await records.events.append(
        repositoryEvent(context, repository, digest, { type: 'image.state-changed.v1', actor: by, data }),
      );
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
