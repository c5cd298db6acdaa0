import { AppError } from '#base/error.ts';

export type StateErrorCode =
  /** The subject may not change states in this repository. */
  | 'STATE_CHANGE_DENIED'
  /** No such manifest in this repository. */
  | 'STATE_IMAGE_UNKNOWN'
  /** It hangs on another manifest, whose state counts. */
  | 'STATE_GOVERNED'
  /** Whoever approves pushed it, or asked for it. */
  | 'STATE_OWN_WORK'
  /** A state that does not become the one that is asked for. */
  | 'STATE_CHANGE_REFUSED'
  /** A reason is missing or too long, an instant has passed, a name is none. */
  | 'STATE_CHANGE_INVALID'
  /** Somebody else changed it meanwhile. */
  | 'STATE_CHANGED_MEANWHILE';

/** Why a state stays as it is. */
export class StateError extends AppError<StateErrorCode> {}
