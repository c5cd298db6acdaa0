import type { StoredOrigin } from '#assess/index.ts';
import { type PushedManifest, parsePushedManifest } from '#lib/oci/index.ts';
import { WORKER } from '#model/platform/access.ts';
import type { ImageAnalysis, ResolvedManifest } from '#model/platform/records.ts';
import type { PolicyContext } from '#model/policy.ts';
import { cannotRun } from '../governor.ts';
import { askForReview } from '../review/ask.ts';
import { commitJudgement } from './commit.ts';
import type { DecidingPolicies, ImageToJudge, JudgeContext, JudgedImage } from './context.ts';
import { deriveAbove } from './derive-above.ts';
import { storedOriginOf } from './origin.ts';
import { outcomeOf } from './outcome.ts';
import { type Past, pastOf } from './past-verdicts.ts';
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
    // Whoever has what hangs on it does not have the image: it is judged by whoever takes that.
    await context.store.transaction(async (all) => {
      const now = context.clock.now();
      await all.judgements.mark({ kind: 'image', repositoryId: repository.id, digest: governor }, image.cause, now);
      await askForReview(all, now);
    });
    return 'hanging';
  }
  const parsed = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${digest}`);
  const policies = await context.policies();
  const origin = storedOriginOf(context, policies, manifest);
  const analysis = parsed.kind === 'index' ? null : await records.inventories.analysisOf(repository.id, digest);
  if (
    analysis !== null &&
    !(await judgePlatform(context, { image, manifest, parsed, analysis, origin, policies }, signal))
  ) {
    return 'overtaken';
  }
  const isArtifact = parsed.kind !== 'index' && analysis === null && (await cannotRun(context, repository, parsed));
  if (parsed.kind !== 'index' && analysis === null && !isArtifact) {
    return 'waiting';
  }
  await deriveAbove(context, { repository, digest, origin, policies }, parsed.kind === 'index');
  return isArtifact ? 'artifact' : 'judged';
}

/** All that a platform's image is judged by. */
interface ToJudge {
  readonly image: ImageToJudge;
  readonly manifest: ResolvedManifest;
  readonly parsed: PushedManifest;
  readonly analysis: ImageAnalysis;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
}

/** False where others know more by now. */
async function judgePlatform(context: JudgeContext, subject: ToJudge, signal: AbortSignal): Promise<boolean> {
  const { manifest, origin, policies, image } = subject;
  const environments = [...policies.compiled.environments.keys()];
  const report = await reportOf(context, subject, signal);
  const now = context.clock.now();
  const past = await pastIn(context, manifest, policies, now);
  const judged = await context.assessor.judge(report, {
    policies,
    environments,
    context: contextOf(manifest, origin),
    history: [...past.values()].flatMap(({ history }) => history),
    now,
  });
  signal.throwIfAborted();
  const verdicts = judged.map((one) => ({ ...one, outcome: outcomeOf(one, report, origin) }));
  const { cause, lease = null } = image;
  return await commitJudgement(context, { manifest, report, verdicts, past, origin, policies, cause, lease, now });
}

/** What was decided in each environment. */
async function pastIn(
  { store }: JudgeContext,
  manifest: ResolvedManifest,
  { compiled }: DecidingPolicies,
  now: number,
): Promise<ReadonlyMap<string, Past>> {
  const past = new Map<string, Past>();
  for (const [name, { environment }] of compiled.environments) {
    past.set(name, await pastOf(store.records.verdicts, manifest, environment, now));
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
