import { AppError } from '../error.ts';

export type CloudCode =
  /** A cloud's credentials in the environment cannot be used, or what its token service answers holds none. */
  'CLOUD_CREDENTIALS_INVALID';

/** No text of these errors holds a secret or a token. */
export class CloudError extends AppError<CloudCode> {}

export function cloudInvalid(object: string, expected: string, found: string, cause?: unknown): CloudError {
  return new CloudError('CLOUD_CREDENTIALS_INVALID', 'not credentials of the cloud', {
    object,
    expected,
    found,
    cause,
  });
}
