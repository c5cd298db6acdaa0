import type { StoredOrigin } from '#assess/index.ts';
import { type PushedManifest, parsePushedManifest } from '#lib/oci/index.ts';
import { WORKER } from '#model/platform/access.ts';
import type { ImageInventory, ResolvedManifest, VerdictRecord } from '#model/platform/records.ts';
import type { PolicyContext } from '#model/policy.ts';
import { cannotRun } from '../governor.ts';
import { commitJudgement } from './commit.ts';
import type { DecidingPolicies, ImageToJudge, JudgeContext, JudgedImage } from './context.ts';
import { deriveAbove } from './derive-above.ts';
import { storedOriginOf } from './origin.ts';
import { outcomeOf } from './outcome.ts';
import { historyOf, MOST_PAST } from './past-verdicts.ts';
import { reportOf } from './report-of.ts';

/**
 * Asks the policies of every environment about a stored image, and writes what comes of it in one transaction: the verdicts' records, the approvals,
 * its state, the events, what it is searched by; then what follows for the indexes that it belongs to, and for the acquisition that brought it. What hangs on
 * another manifest is judged with that. Throws what the stores and the policies throw: then nothing of it was written, and it may be tried again.
 */
export async function judgeImage(
  context: JudgeContext,
  image: ImageToJudge,
  signal: AbortSignal,
): Promise<JudgedImage> {
  const { records } = context.store;
  const manifest = await records.manifests.resolve(image.repository, { digest: image.digest }, null);
  if (manifest === null) {
    return 'gone';
  }
  const { repository, digest, governor } = manifest;
  if (governor !== digest) {
    return await judgeImage(context, { ...image, digest: governor }, signal);
  }
  const parsed = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${digest}`);
  const policies = await context.policies();
  const origin = storedOriginOf(context, policies, manifest);
  const analysis = parsed.kind === 'index' ? null : await records.inventories.ofImage(repository.id, digest);
  if (analysis !== null) {
    await judgePlatform(context, { image, manifest, parsed, analysis, origin, policies }, signal);
  }
  const isArtifact = parsed.kind !== 'index' && analysis === null && (await cannotRun(context, repository, parsed));
  if (parsed.kind !== 'index' && analysis === null && !isArtifact) {
    return 'waiting';
  }
  await deriveAbove(context, { repository, digest, origin, policies });
  return isArtifact ? 'artifact' : 'judged';
}

/** All that a platform's image is judged by. */
interface ToJudge {
  readonly image: ImageToJudge;
  readonly manifest: ResolvedManifest;
  readonly parsed: PushedManifest;
  readonly analysis: ImageInventory;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
}

async function judgePlatform(context: JudgeContext, subject: ToJudge, signal: AbortSignal): Promise<void> {
  const { manifest, origin, policies, image } = subject;
  const environments = [...policies.compiled.environments.keys()];
  const report = await reportOf(context, subject, signal);
  const past = await pastOf(context, manifest, environments);
  const now = context.clock.now();
  const judged = await context.assessor.judge(report, {
    policies,
    environments,
    context: contextOf(manifest, origin),
    history: historyOf([...past.values()].flat()),
    now,
  });
  signal.throwIfAborted();
  const verdicts = judged.map((one) => ({ ...one, outcome: outcomeOf(one, report, origin) }));
  await commitJudgement(context, { manifest, report, verdicts, past, origin, policies, cause: image.cause, now });
}

/** The newest records of each environment, newest first. */
async function pastOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
  environments: readonly string[],
): Promise<ReadonlyMap<string, readonly VerdictRecord[]>> {
  const past = new Map<string, readonly VerdictRecord[]>();
  for (const environment of environments) {
    past.set(environment, await store.records.verdicts.history(repositoryId, digest, environment, MOST_PAST));
  }
  return past;
}

/** Rules for what comes in are asked of what is in quarantine, whenever that is. */
function contextOf(
  { repository, standing }: ResolvedManifest,
  { source }: StoredOrigin,
): Omit<PolicyContext, 'environment' | 'time'> {
  const isIn = standing.state !== null && standing.state.lifecycle !== 'quarantined';
  return {
    stage: isIn ? 'catalog' : 'acquire',
    project: repository.project,
    actor: source === null ? WORKER.id : `source:${source}`,
    cluster: null,
    namespace: null,
    exposure: null,
  };
}
