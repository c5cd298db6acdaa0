import { AppError } from '#base/error.ts';

export type PolicyArtifactCode =
  /** An artifact that has not the form of a bundle of policies: another type, a document that is not its own name or digest, one twice. */
  | 'POLICY_BUNDLE_INVALID'
  /** Nobody whom the trust configuration names has signed the bundle, or nobody is named. */
  | 'POLICY_BUNDLE_UNVERIFIED'
  /** A bundle that was made before the one that this installation has used from the same place. */
  | 'POLICY_BUNDLE_OLDER'
  /** There are no documents to pack. */
  | 'POLICY_BUNDLE_EMPTY';

export class PolicyArtifactError extends AppError<PolicyArtifactCode> {}
