/** The catalogue: what pushing, deleting, deciding and collecting are, each with its transaction and its events. */

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
