import { AppError } from '#base/error.ts';

export type AdvisoryCode =
  /** A feed's archive is not a zip file, is cut off, or its entries overlap. */
  | 'ADVISORY_ARCHIVE_INVALID'
  /** The name of an ecosystem holds something else than letters, digits, spaces, dots and dashes. */
  | 'ADVISORY_ECOSYSTEM_INVALID'
  /** The folder that advisories are to come from is not there. */
  | 'ADVISORY_SOURCE_NOT_FOUND';

export class AdvisoryError extends AppError<AdvisoryCode> {}
