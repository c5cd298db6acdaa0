/** The catalogue: what pushing, deleting, deciding and collecting are, each with its transaction and its events. */

export type { CatalogContext } from './context.ts';
export { type ApprovalChange, changeState, type StateChange, setApproval } from './state.ts';
export { StateError, type StateErrorCode } from './state-error.ts';
