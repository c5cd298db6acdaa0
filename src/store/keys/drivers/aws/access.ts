import { awsKeysOf, readAwsProfile } from '#base/cloud/aws.ts';
import { isHeaderToken, variableOf } from '#base/cloud/token.ts';
import { quote } from '#base/error.ts';
import { isLoopback } from '#base/http-connection.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import type { KmsAccess } from './client.ts';
import type { AwsReference } from './reference.ts';

/** Where the key is asked for, and by whom. Throws `KEY_CREDENTIALS_MISSING`, `CLOUD_CREDENTIALS_INVALID`. */
export async function kmsAccess(
  { endpoint, region: ofKey }: AwsReference,
  name: string,
  { environment, clock }: KeyAccess,
  options: { readonly backoffMs?: readonly number[] },
): Promise<KmsAccess> {
  const keys = awsKeysOf(environment) ?? (await readAwsProfile(environment));
  if (keys === null) {
    throw missing(
      name,
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a credentials file with keys for AWS_PROFILE',
      'none',
    );
  }
  if (![keys.accessKeyId, keys.sessionToken ?? 'none'].every(isHeaderToken)) {
    throw missing(name, 'a key id and a session token of letters, digits and signs', 'blanks or other characters');
  }
  const region = ofKey ?? variableOf(environment, 'AWS_REGION') ?? variableOf(environment, 'AWS_DEFAULT_REGION');
  if (region === null || !/^[a-z0-9-]+$/.test(region)) {
    const found = region === null ? 'none' : quote(region);
    throw missing(name, 'a region, in the ARN of the key, AWS_REGION or AWS_DEFAULT_REGION', found);
  }
  const url = endpointOf(endpoint, region, environment);
  return { connection: { name, environment, ...options }, endpoint: url, region, keys, clock };
}

/** As the SDKs of AWS choose it. An endpoint of this machine is spoken to without TLS: that is how AWS is played there. */
function endpointOf(endpoint: string | null, region: string, environment: KeyAccess['environment']): URL {
  if (endpoint !== null) {
    const url = new URL(`https://${endpoint}/`);
    return isLoopback(url.hostname) ? new URL(`http://${endpoint}/`) : url;
  }
  for (const variable of ['AWS_ENDPOINT_URL_KMS', 'AWS_ENDPOINT_URL']) {
    const given = variableOf(environment, variable);
    const url = given === null ? null : URL.parse(given);
    if (given !== null && (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '')) {
      throw missing(variable, 'the URL of a server', 'something else');
    }
    if (url !== null) {
      return url;
    }
  }
  return new URL(`https://kms.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`);
}

function missing(object: string, expected: string, found: string): KeyError {
  return new KeyError('KEY_CREDENTIALS_MISSING', 'AWS KMS cannot be asked', { object, expected, found });
}
