import { sign } from 'node:crypto';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { isHeaderToken } from '../credential.ts';
import { type Members, parseSecretObject, textOf } from '../members.ts';
import { askService, FORM_HEADERS, form } from '../service.ts';
import { type Cloud, type CloudAnswer, type CloudRequest, cloudInvalid, variable } from './cloud.ts';

/** Google Artifact Registry and Container Registry: an access token for the service account key of the environment. */
export const google: Cloud = { serves, credential };

const VARIABLE = 'GOOGLE_APPLICATION_CREDENTIALS';
const USER = 'oauth2accesstoken';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LIFETIME_SECONDS = 3600;

function serves(registry: string): boolean {
  return (
    registry === 'gcr.io' || /^[a-z0-9-]+\.gcr\.io$/.test(registry) || /^[a-z0-9-]+-docker\.pkg\.dev$/.test(registry)
  );
}

async function credential(request: CloudRequest): Promise<CloudAnswer> {
  const path = variable(request, VARIABLE);
  if (path === null) {
    return { kind: 'missing', why: `${VARIABLE} is not set` };
  }
  const key = await readKey(path);
  if (textOf(key, 'type') !== 'service_account') {
    // Public images are there for those as well who work with another kind of credentials.
    return { kind: 'missing', why: `${VARIABLE} names no service account key` };
  }
  const object = `${VARIABLE} (${path})`;
  const [email, secret, audience] = ['client_email', 'private_key', 'token_uri'].map((name) => textOf(key, name));
  const url = URL.parse(audience ?? '');
  if (!email || !secret || !audience || url?.protocol !== 'https:') {
    throw cloudInvalid(object, 'client_email, private_key and an https token_uri', 'others');
  }
  const seconds = Math.floor(request.clock.now() / 1000);
  const claims = { iss: email, scope: SCOPE, aud: audience, exp: seconds + LIFETIME_SECONDS, iat: seconds };
  const assertion = signJwt(claims, secret, object);
  const body = form({ grant_type: GRANT, assertion });
  const ask = { method: 'POST', url, headers: FORM_HEADERS, body, signal: request.signal } as const;
  const answer = await askService(request.exchange, ask, [assertion]);
  const token = textOf(answer, 'access_token');
  if (token === null || !isHeaderToken(token)) {
    throw cloudInvalid(`answer of ${url.origin}`, 'an access_token', 'none');
  }
  const lifetime = answer.get('expires_in');
  return {
    kind: 'found',
    credential: { kind: 'password', username: USER, password: token },
    from: object,
    endsAt: (seconds + (typeof lifetime === 'number' ? lifetime : LIFETIME_SECONDS)) * 1000,
  };
}

/** A JSON Web Token signed with RS256 (RFC 7515, RFC 7518 section 3.3); `key` in PEM. */
export function signJwt(claims: Readonly<Record<string, string | number>>, key: string, object: string): string {
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)));
  const text = parts.map((part) => part.toString('base64url')).join('.');
  try {
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
  } catch {
    // OpenSSL's text could hold a part of the key.
    throw cloudInvalid(`${object}, private_key`, 'an RSA key in PEM', 'something else');
  }
}

async function readKey(path: string): Promise<Members> {
  const object = `${VARIABLE} (${path})`;
  let bytes: Uint8Array;
  try {
    bytes = await readFileBounded(path, LIMITS.credentialFileBytes);
  } catch (error) {
    throw cloudInvalid(object, 'a file that can be read', quote(messageOf(error)), error);
  }
  return parseSecretObject(bytes, object, (found) => cloudInvalid(object, 'a JSON object', found));
}
