import { type Digest, isDigest } from '#base/digest.ts';
import {
  type ClosurePlan,
  type ClosureProblem,
  copyClosure,
  missingPlatforms,
  parsePushedManifest,
  planClosure,
  type Upstream,
} from '#lib/oci/index.ts';
import type { AcquisitionRow } from './acquisition-row.ts';
import type { CopyContext, Taken } from './context.ts';
import { AcquireError } from './error.ts';
import { told } from './failure.ts';
import { governedEnd } from './governed.ts';
import { ProgressWriter } from './progress.ts';
import { statementOf } from './statement.ts';

/** What is copied, and who keeps the books. */
export interface Copying {
  readonly row: AcquisitionRow;
  readonly taken: Taken;
  readonly upstream: Upstream;
  readonly digest: Digest;
}

/** Copies all that belongs to an image into quarantine, says where it is from, and has it judged. */
export async function copyImage(context: CopyContext, copying: Copying, signal: AbortSignal): Promise<void> {
  const { row, taken, upstream, digest } = copying;
  const plan = await planClosure(upstream, digest, { signal });
  assertWhole(plan);
  // Of one image its config says what it is for, and policy sees that.
  const missing = missingPlatforms(plan, taken.acquire.platforms);
  if (missing.length > 0) {
    await row.end('refused', `the index has no image for ${missing.join(', ')}, which the source asks for`);
    return;
  }
  await copyAll(context, copying, plan, signal);
  await attachStatement(context, copying, plan, signal);
  await haveJudged(context, row, plan);
}

/**
 * What a list names and the registry has no more was deleted since: registries leave such entries for ever. What an index lists, or a tag means, and what
 * cannot be asked, is something else.
 */
function isGone({ route, digest, isAbsent }: ClosureProblem): boolean {
  return isAbsent && digest !== null && (route === 'referrers' || route === 'fallback-tag');
}

/** What may be had later is worth another attempt. Throws `ACQUIRE_NOT_WHOLE`. */
function assertWhole({ upstream, root, problems: all }: ClosurePlan): void {
  const problems = all.filter((problem) => !isGone(problem));
  const [first] = problems.toSorted((a, b) => Number(b.isTemporary) - Number(a.isTemporary));
  if (first === undefined) {
    return;
  }
  const more = problems.length === 1 ? '' : `, and ${problems.length - 1} more like it`;
  throw new AcquireError('ACQUIRE_NOT_WHOLE', 'not all that belongs to the image can be had', {
    object: `${upstream}@${root}`,
    found: `${told(first.code) ?? first.reason}${more}`,
    isTemporary: first.isTemporary,
  });
}

async function copyAll(
  { intakeOf, clock }: CopyContext,
  { row, upstream }: Copying,
  plan: ClosurePlan,
  signal: AbortSignal,
): Promise<void> {
  const { id, repository, reference, source } = row.current;
  const progress = new ProgressWriter(clock, async (done) => await row.change({ progress: done }));
  try {
    await copyClosure(plan, upstream, intakeOf(source), {
      repository: repository.name,
      acquisition: id,
      tag: isDigest(reference) ? null : reference,
      progress: (done) => progress.report(done),
      signal: AbortSignal.any([signal, progress.failed]),
      tolerates: isGone,
    });
  } finally {
    await progress.stop();
  }
}

/** The time in it is that of the manifest here, so that whoever does it again says the same. */
async function attachStatement(
  { store, attach, version }: CopyContext,
  { row, digest }: Copying,
  plan: ClosurePlan,
  signal: AbortSignal,
): Promise<void> {
  const acquisition = row.current;
  const here = await store.records.manifests.find(acquisition.repository.id, digest, null);
  if (attach === null || here === null) {
    return;
  }
  const statement = statementOf({
    acquisition,
    digest,
    acquiredAt: here.pushedAt,
    manifests: plan.manifests.map((manifest) => manifest.digest),
    referrers: plan.manifests.flatMap(({ digest: copied, artifactType, hangsOn }) =>
      hangsOn === null ? [] : [{ digest: copied, artifactType, subject: hangsOn }],
    ),
    gone: plan.problems
      .filter(isGone)
      .flatMap(({ digest: listed, about }) => (listed === null ? [] : [{ digest: listed, subject: about }])),
    version,
  });
  await attach(acquisition, statement, signal);
}

/** Marks what a container can be made of; whoever judges ends the acquisition. */
async function haveJudged(
  { store, clock, askForReview }: CopyContext,
  row: AcquisitionRow,
  plan: ClosurePlan,
): Promise<void> {
  const here = await store.records.manifests.find(row.current.repository.id, plan.root, null);
  if (here !== null && here.governor !== here.digest) {
    const { state, reason } = governedEnd(here);
    await row.end(state, reason);
    return;
  }
  const runnable: ClosurePlan['manifests'][number]['digest'][] = [];
  for (const manifest of plan.manifests.filter(isRunnable)) {
    const copied = await store.records.manifests.find(row.current.repository.id, manifest.digest, null);
    // A signature under a tag of cosign may be mistaken for an image: the state of what it is about is that of both.
    if (copied === null || copied.governor === copied.digest) {
      runnable.push(manifest.digest);
    }
  }
  if (runnable.length === 0) {
    await row.end('held', 'nothing of it can be run, so that no policy judges it: an approver has to');
    return;
  }
  const { id: repositoryId } = row.current.repository;
  const gone = plan.problems.filter(isGone).length;
  const reason = gone === 0 ? '' : `${gone} of what is listed upstream as hanging on it is not there any more`;
  await row.changeWith({ state: 'judging', reason }, async (records) => {
    const now = clock.now();
    for (const digest of runnable) {
      await records.judgements.mark({ kind: 'image', repositoryId, digest }, 'new', now);
    }
    await askForReview(records, now);
  });
}

/** As the catalogue sees it that has it analysed. */
function isRunnable({ kind, content, mediaType, digest }: ClosurePlan['manifests'][number]): boolean {
  return kind === 'manifest' && parsePushedManifest(content, mediaType, `manifest ${digest}`).isRunnable !== false;
}
