import { AppError } from '#base/error.ts';

export type OwnEvidenceCode =
  /** What the reference names was another image when it was scanned than when it was opened to be signed. */
  'IMAGE_CHANGED';

export class OwnEvidenceError extends AppError<OwnEvidenceCode> {}
