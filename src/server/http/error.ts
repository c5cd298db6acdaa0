import { AppError } from '#base/error.ts';

export type ListenCode =
  /** Another program listens there already. */
  | 'LISTENER_ADDRESS_IN_USE'
  /** The system does not let the server listen there. */
  | 'LISTENER_REFUSED'
  /** A certificate or key for TLS cannot be used. */
  | 'LISTENER_TLS_INVALID';

/** Why the server cannot listen. */
export class ListenError extends AppError<ListenCode> {}
