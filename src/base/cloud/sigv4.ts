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

export interface PresignScope extends SigningScope {
  /** How long the URL is good for: at most seven days. */
  readonly seconds: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The headers of a request signed with AWS Signature Version 4: those given, the date, and `authorization`. */
export function signRequest(request: UnsignedRequest, keys: AwsKeys, scope: SigningScope): Record<string, string> {
  const time = timeOf(scope.now);
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
  const { credentialScope, signature } = sign(canonical, time, keys, scope);
  const credential = `${keys.accessKeyId}/${credentialScope}`;
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/**
 * A URL that does a GET in the name of these keys, for whoever has it (Amazon S3, "Authenticating requests: using query
 * parameters"). Its path is signed as it is, its body and headers are not.
 */
export function presignUrl(url: URL, keys: AwsKeys, scope: PresignScope): URL {
  const time = timeOf(scope.now);
  const presigned = new URL(url);
  const parameters = {
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${keys.accessKeyId}/${scopeOf(time, scope)}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(scope.seconds),
    ...(keys.sessionToken === null ? {} : { 'X-Amz-Security-Token': keys.sessionToken }),
    'X-Amz-SignedHeaders': 'host',
  };
  for (const [name, value] of Object.entries(parameters)) {
    presigned.searchParams.set(name, value);
  }
  const query = canonicalQuery(presigned);
  const canonical = ['GET', url.pathname, query, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const { signature } = sign(canonical, time, keys, scope);
  // As it was signed: URLSearchParams writes some characters in another way.
  presigned.search = `${query}&X-Amz-Signature=${signature}`;
  return presigned;
}

function sign(
  canonical: string,
  time: string,
  keys: AwsKeys,
  scope: SigningScope,
): { readonly credentialScope: string; readonly signature: string } {
  const credentialScope = scopeOf(time, scope);
  const text = [ALGORITHM, time, credentialScope, sha256(canonical)].join('\n');
  const key = credentialScope.split('/').reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  return { credentialScope, signature: hmac(key, text).toString('hex') };
}

/** `YYYYMMDDTHHMMSSZ`. */
function timeOf(now: number): string {
  return `${new Date(now).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`;
}

function scopeOf(time: string, { region, service }: SigningScope): string {
  return `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
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
