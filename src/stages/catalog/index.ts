/** The catalogue: what pushing, deleting, deciding and collecting are, each with its transaction and its events. */

import type { Digest } from '#base/digest.ts';
import type { SigningKey } from '#model/signing.ts';
import type { AdvisoriesContext } from './advisories/context.ts';
import type { UpdatedAdvisories } from './advisories/update.ts';
import type { Analysed, AnalyseOptions } from './analyse.ts';
import type { CatalogContext } from './context.ts';
import type { Attested, ImageToJudge, JudgeContext, JudgedImage } from './judge/index.ts';

export { CatchUp } from './advisories/catch-up.ts';
export type { AdvisoriesContext } from './advisories/context.ts';
export type { Analysed, AnalyseOptions } from './analyse.ts';
export { collectGarbage } from './collection/collect.ts';
export { COLLECT_DEFAULTS, type CollectOptions } from './collection/options.ts';
export { expireUploads } from './collection/uploads.ts';
export type { CatalogContext } from './context.ts';
export { describeRepository } from './details/describe.ts';
export { setUses } from './details/set-uses.ts';
export type { DecidingPolicies, JudgeContext, JudgedImage } from './judge/index.ts';
export { deprecate, retire } from './promotion/deprecate.ts';
export { promote, revoke } from './promotion/promote.ts';
export { restoreImage } from './restore.ts';
export { applyRetention, brokenRules, type RetentionRule } from './retention/index.ts';
export { askForReview, type JudgeImage, type Reviewed, reviewDue } from './review/index.ts';
export { scrubBlobs } from './scrub.ts';
export { changeState, setApproval, type WithParts } from './state.ts';

/** See `updateAdvisories`: loaded when there are news to look for, since what reads advisories is large. */
export async function updateAdvisories(context: AdvisoriesContext, signal: AbortSignal): Promise<UpdatedAdvisories> {
  const { updateAdvisories: run } = await import('./advisories/update.ts');
  return await run(context, signal);
}

/** See `analyseImage`: loaded when there is an image to analyse, since what reads images is large. */
export async function analyseImage(context: CatalogContext, options: AnalyseOptions): Promise<Analysed> {
  const { analyseImage: run } = await import('./analyse.ts');
  return await run(context, options);
}

/** See `giveUpOnImage`: loaded as well when it is asked for. */
export async function giveUpOnImage(
  context: CatalogContext,
  image: { readonly repository: string; readonly digest: Digest },
  reason: string,
): Promise<Analysed> {
  const { giveUpOnImage: run } = await import('./analyse.ts');
  return await run(context, image, reason);
}
/** See `attestImage`: loaded when there is something to sign. */
export async function attestImage(
  context: JudgeContext & { readonly key: SigningKey },
  image: Pick<ImageToJudge, 'repository' | 'digest'>,
  signal: AbortSignal,
): Promise<Attested> {
  const { attestImage: run } = await import('./judge/index.ts');
  return await run(context, image, signal);
}

/** See `attestStatement`: loaded as well when it is asked for. */
export async function attestStatement(
  context: JudgeContext & { readonly key: SigningKey },
  image: Pick<ImageToJudge, 'repository' | 'digest'>,
  statement: { readonly name: string; readonly type: string; readonly predicate: object },
  signal: AbortSignal,
): Promise<Attested> {
  const { attestStatement: run } = await import('./judge/index.ts');
  return await run(context, image, statement, signal);
}

/** See `judgeImage`: loaded when there is an image to judge. */
export async function judgeImage(
  context: JudgeContext,
  image: ImageToJudge,
  signal: AbortSignal,
): Promise<JudgedImage> {
  const { judgeImage: run } = await import('./judge/index.ts');
  return await run(context, image, signal);
}

/** See `judgeTogether`: loaded as well when there is an image to judge. */
export function judgeTogether(
  context: JudgeContext,
): (image: ImageToJudge, signal: AbortSignal) => Promise<JudgedImage> {
  let loaded: Promise<(image: ImageToJudge, signal: AbortSignal) => Promise<JudgedImage>> | null = null;
  return async (image, signal) => {
    loaded ??= import('./judge/index.ts').then((judge) => judge.judgeTogether(context));
    const run = await loaded;
    return await run(image, signal);
  };
}

export { deleteBlob, deleteManifest, deleteTag } from './delete.ts';
export { moveAcquiredTag } from './intake/acquired-tag.ts';
export { createIntake } from './intake.ts';
export { listReferrers, listRepositories, listTags } from './listing.ts';
export { mountBlob } from './mount-blob.ts';
export { assertMay } from './permission.ts';
export { pullBlob } from './pull-blob.ts';
export { pullManifest } from './pull-manifest.ts';
export { pushManifest } from './push-manifest.ts';
export { RegistryError, type RegistryErrorCode } from './registry-error.ts';
export {
  addToUpload,
  type Chunk,
  cancelUpload,
  findUpload,
  finishUpload,
  startUpload,
  type UploadContext,
  type UploadName,
  uploadBlob,
} from './uploads.ts';
