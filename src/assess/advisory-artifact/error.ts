import { AppError } from '#base/error.ts';

export type AdvisoryArtifactCode =
  /** An artifact that has not the form of advisories: another type, a layer without its description, a shard twice. */
  | 'ADVISORY_ARTIFACT_INVALID'
  /** Nobody whom the trust configuration names has signed the artifact, or nobody is named. */
  | 'ADVISORY_ARTIFACT_UNVERIFIED'
  /** There are no advisories here to export, or not those that were named. */
  | 'ADVISORY_ARTIFACT_EMPTY';

export class AdvisoryArtifactError extends AppError<AdvisoryArtifactCode> {}
