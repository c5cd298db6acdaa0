import { awsKeysOf } from '#base/cloud/aws.ts';
import { cloudInvalid } from '#base/cloud/error.ts';
import { signRequest } from '#base/cloud/sigv4.ts';
import { membersOf, textOf } from '#base/json/members.ts';
import { askService } from '../service.ts';
import type { Cloud, CloudAnswer, CloudRequest } from './cloud.ts';

/** Amazon Elastic Container Registry: `GetAuthorizationToken` with keys of the environment. */
export const ecr: Cloud = { serves: (registry) => parseHost(registry) !== null, credential };

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';
/** The documented life of a token, for an answer that does not say. */
const LIFETIME_MS = 12 * 3_600_000;

interface EcrHost {
  readonly region: string;
  /** Where the API of that region is. */
  readonly api: string;
}

/** `123456789012.dkr.ecr.eu-central-1.amazonaws.com`, `dkr.ecr-fips`, and `.amazonaws.com.cn` in China. */
function parseHost(registry: string): EcrHost | null {
  const [account = '', dkr, service, region = '', ...rest] = registry.split('.');
  const domain = rest.join('.');
  const isAws = domain === 'amazonaws.com' || domain === 'amazonaws.com.cn';
  if (!/^[0-9]{12}$/.test(account) || dkr !== 'dkr' || !/^[a-z0-9-]+$/.test(region) || !isAws) {
    return null;
  }
  switch (service) {
    case 'ecr':
      return { region, api: `api.ecr.${region}.${domain}` };
    case 'ecr-fips':
      return { region, api: `ecr-fips.${region}.${domain}` };
    default:
      return null;
  }
}

async function credential(request: CloudRequest): Promise<CloudAnswer> {
  const host = parseHost(request.registry);
  const keys = awsKeysOf(request.environment);
  if (host === null || keys === null) {
    return { kind: 'missing', why: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set' };
  }
  const now = request.clock.now();
  const url = new URL(`https://${host.api}/`);
  const unsigned = { 'content-type': CONTENT_TYPE, 'x-amz-target': TARGET };
  const body = '{}';
  const headers = signRequest({ method: 'POST', url, headers: unsigned, body }, keys, {
    region: host.region,
    service: 'ecr',
    now,
  });
  const members = await askService(request.exchange, { method: 'POST', url, headers, body, signal: request.signal }, [
    keys.secretAccessKey,
    keys.sessionToken ?? keys.secretAccessKey,
  ]);
  return { ...parseAnswer(members.get('authorizationData'), host.api, now), kind: 'found', from: 'AWS_ACCESS_KEY_ID' };
}

/** `authorizationToken` is base64 of `AWS:password`; `expiresAt` is in seconds. */
function parseAnswer(
  data: unknown,
  api: string,
  now: number,
): { readonly credential: { kind: 'password'; username: string; password: string }; readonly endsAt: number } {
  const first: unknown = Array.isArray(data) ? data[0] : null;
  const members = membersOf(first);
  const token = Buffer.from((members && textOf(members, 'authorizationToken')) ?? '', 'base64').toString('utf8');
  const colon = token.indexOf(':');
  if (colon === -1) {
    throw cloudInvalid(`answer of ${api}`, 'an authorizationToken that is base64 of USER:PASSWORD', 'something else');
  }
  const expires = members?.get('expiresAt');
  return {
    credential: { kind: 'password', username: token.slice(0, colon), password: token.slice(colon + 1) },
    endsAt: typeof expires === 'number' ? expires * 1000 : now + LIFETIME_MS,
  };
}
