import { AppError } from '#base/error.ts';

export type SupervisorCode =
  /** A process of the server cannot begin; the error says why. */
  | 'SERVER_NOT_STARTED'
  /** A process of the server dies again and again as soon as it is started. */
  | 'SERVER_PROCESS_DIES'
  /** No process is there for what was asked: a role without a listener. */
  | 'SERVER_NOTHING_TO_SERVE';

/** Why the server as a whole cannot run. */
export class SupervisorError extends AppError<SupervisorCode> {}
