import { AppError } from '#base/error.ts';

export type ServerConfigCode =
  /** The configuration of the server is no YAML, or says something that it cannot. */
  | 'SERVER_CONFIG_INVALID'
  /** A file that holds configuration cannot be read. */
  | 'SERVER_CONFIG_UNREADABLE'
  /** A secret that the configuration refers to is not there. */
  | 'SERVER_SECRET_MISSING'
  /** A document names a secret of the server that documents may not have. */
  | 'SERVER_SECRET_REFUSED';

/** What is wrong with the configuration of the server. */
export class ServerConfigError extends AppError<ServerConfigCode> {}
