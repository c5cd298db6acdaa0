import { AppError } from '#base/error.ts';

export type SbomCode =
  /** A document is not as its format says; the object names the place in it. */
  | 'SBOM_INVALID'
  /** A document is of a format, or of a version of one, that is not read. */
  | 'SBOM_UNSUPPORTED';

export class SbomError extends AppError<SbomCode> {}
