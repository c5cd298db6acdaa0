import type { AwsKeys } from './sigv4.ts';
import { variableOf } from './token.ts';

/** The keys that the environment holds; null when it holds none. */
export function awsKeysOf(environment: Readonly<Record<string, string | undefined>>): AwsKeys | null {
  const accessKeyId = variableOf(environment, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = variableOf(environment, 'AWS_SECRET_ACCESS_KEY');
  return accessKeyId === null || secretAccessKey === null
    ? null
    : { accessKeyId, secretAccessKey, sessionToken: variableOf(environment, 'AWS_SESSION_TOKEN') };
}
