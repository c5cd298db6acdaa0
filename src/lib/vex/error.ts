import { AppError } from '#base/error.ts';

export type VexCode =
  /** A document in none of the formats that statements about vulnerabilities are read from. */
  | 'VEX_FORMAT_UNKNOWN'
  /** A document without what its format prescribes. */
  | 'VEX_INVALID';

export class VexError extends AppError<VexCode> {}
