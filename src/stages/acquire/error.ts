import { AppError, type ErrorDetail } from '#base/error.ts';

export type AcquireCode =
  /** The text is no reference to an image in a registry. */
  | 'ACQUIRE_REFERENCE_INVALID'
  /** No source takes this image. */
  | 'ACQUIRE_OUTSIDE_SOURCES'
  /** Whoever asks may not bring images into this repository. */
  | 'ACQUIRE_DENIED'
  /** This digest was held or refused, and nothing has changed since that decides. */
  | 'ACQUIRE_DECIDED_BEFORE'
  /** Something of the image upstream is not there, or is not what it is said to be: it cannot be copied as a whole. */
  | 'ACQUIRE_NOT_WHOLE'
  /** A secret that a source names is not where it says. */
  | 'ACQUIRE_SECRET_MISSING'
  /** Somebody else ended this acquisition, or goes on with it. */
  | 'ACQUIRE_TAKEN_OVER';

/** Why an image is not acquired. */
export class AcquireError extends AppError<AcquireCode> {
  /** Another attempt may well get further. */
  readonly temporary: boolean;

  constructor(code: AcquireCode, problem: string, detail: ErrorDetail & { readonly isTemporary?: boolean } = {}) {
    super(code, problem, detail);
    this.temporary = detail.isTemporary ?? false;
  }
}
