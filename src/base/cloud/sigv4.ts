import { createHash, createHmac } from 'node:crypto';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface UnsignedRequest {
  readonly method: 'GET' | 'POST';
  /** Its path is signed as it is; the services that are asked here know `/` alone. */
  readonly url: URL;
  /** Lower-case names. All are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  /** Milliseconds UTC. */
  readonly now: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The headers of a request signed with AWS Signature Version 4: those given, the date, and `authorization`. */
export function signRequest(request: UnsignedRequest, keys: AwsKeys, scope: SigningScope): Record<string, string> {
  const stamp = new Date(scope.now).toISOString().replaceAll('-', '').replaceAll(':', '').replace('.000', '');
  const time = stamp.length > 'YYYYMMDDTHHMMSSZ'.length ? `${stamp.slice(0, 15)}Z` : stamp;
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': time,
    ...(keys.sessionToken === null ? {} : { 'x-amz-security-token': keys.sessionToken }),
  };
  const signed = Object.entries({ ...headers, host: request.url.host }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url),
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const date = time.slice(0, 8);
  const credentialScope = `${date}/${scope.region}/${scope.service}/aws4_request`;
  const text = [ALGORITHM, time, credentialScope, sha256(canonical)].join('\n');
  const key = [date, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = hmac(key, text).toString('hex');
  const credential = `${keys.accessKeyId}/${credentialScope}`;
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
}

/** All but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
