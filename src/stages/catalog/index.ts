/** The catalogue: what pushing, deleting, deciding and collecting are, each with its transaction and its events. */

import type { Digest } from '#base/digest.ts';
import type { Analysed, AnalyseOptions } from './analyse.ts';
import type { CatalogContext } from './context.ts';

export type { Analysed, AnalyseOptions } from './analyse.ts';
export { collectGarbage } from './collection/collect.ts';
export {
  COLLECT_DEFAULTS,
  CollectError,
  type CollectErrorCode,
  type Collection,
  type CollectOptions,
  type CollectProgress,
} from './collection/options.ts';
export { type ExpireOptions, expireUploads } from './collection/uploads.ts';
export { type CatalogContext, repositoryEvent } from './context.ts';
export { RestoreError, type RestoreErrorCode, restoreImage } from './restore.ts';
export { type Scrubbing, type ScrubOptions, scrubBlobs } from './scrub.ts';
export { type ApprovalChange, changeState, type StateChange, setApproval } from './state.ts';
export { StateError, type StateErrorCode } from './state-error.ts';

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
export { deleteBlob, deleteManifest, deleteTag } from './delete.ts';
export { type Listed, listReferrers, listRepositories, listTags } from './listing.ts';
export { mountBlob } from './mount-blob.ts';
export { assertMay } from './permission.ts';
export { pullBlob } from './pull-blob.ts';
export { type PulledManifest, pullManifest } from './pull-manifest.ts';
export { type ManifestPush, pushManifest, type StoredManifest } from './push-manifest.ts';
export { type ImageName, RegistryError, type RegistryErrorCode } from './registry-error.ts';
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
