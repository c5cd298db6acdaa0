import { sign } from 'node:crypto';
import { messageOf, quote } from '../error.ts';
import { isLoopback } from '../http-connection.ts';
import { type Members, parseSecretObject, textOf } from '../json/members.ts';
import { LIMITS, readFileBounded } from '../limits.ts';
import { cloudInvalid } from './error.ts';
import { type AskTokenService, type CloudToken, endOf, form, isHeaderToken, type TokenQuestion } from './token.ts';

/** What a credential file of Google's holds (`GOOGLE_APPLICATION_CREDENTIALS`). */
export type GoogleCredentials =
  | {
      readonly kind: 'service_account';
      readonly object: string;
      readonly email: string;
      /** PEM. */
      readonly privateKey: string;
      readonly tokenUri: URL;
    }
  | {
      readonly kind: 'authorized_user';
      readonly object: string;
      readonly members: Members;
    }
  | { readonly kind: 'other'; readonly object: string; readonly type: string };

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const USER_TOKEN_URI = 'https://oauth2.googleapis.com/token';
const LIFETIME_SECONDS = 3600;

/** Throws `CLOUD_CREDENTIALS_INVALID`, with nothing of what is in the file. `variable` named the path. */
export async function readGoogleCredentials(path: string, variable: string): Promise<GoogleCredentials> {
  const object = `${variable} (${path})`;
  let bytes: Uint8Array;
  try {
    bytes = await readFileBounded(path, LIMITS.credentialFileBytes);
  } catch (error) {
    throw cloudInvalid(object, 'a file that can be read', quote(messageOf(error)), error);
  }
  const members = parseSecretObject(bytes, object, (found) => cloudInvalid(object, 'a JSON object', found));
  const type = textOf(members, 'type');
  switch (type) {
    case 'service_account':
      return serviceAccount(members, object);
    case 'authorized_user':
      return { kind: 'authorized_user', object, members };
    default:
      return { kind: 'other', object, type: type ?? '' };
  }
}

/** A token for all services of Google's cloud that the credentials may use. Throws what `ask` throws, and `CLOUD_CREDENTIALS_INVALID`. */
export async function googleToken(
  credentials: Exclude<GoogleCredentials, { readonly kind: 'other' }>,
  now: number,
  ask: AskTokenService,
): Promise<CloudToken> {
  const seconds = Math.floor(now / 1000);
  const question = credentials.kind === 'service_account' ? assertionOf(credentials, seconds) : refreshOf(credentials);
  const answer = await ask(question);
  const value = textOf(answer, 'access_token');
  if (value === null || !isHeaderToken(value)) {
    throw cloudInvalid(`answer of ${question.url.origin}`, 'an access_token', 'none');
  }
  return { value, endsAt: endOf(answer, seconds * 1000, LIFETIME_SECONDS) };
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

function serviceAccount(members: Members, object: string): GoogleCredentials {
  const [email, privateKey, audience] = ['client_email', 'private_key', 'token_uri'].map((name) =>
    textOf(members, name),
  );
  const tokenUri = URL.parse(audience ?? '');
  const isSafe = tokenUri?.protocol === 'https:' || (tokenUri?.protocol === 'http:' && isLoopback(tokenUri.hostname));
  if (!email || !privateKey || tokenUri === null || !isSafe) {
    throw cloudInvalid(object, 'client_email, private_key and an https token_uri', 'others');
  }
  return { kind: 'service_account', object, email, privateKey, tokenUri };
}

function assertionOf(
  { email, privateKey, tokenUri, object }: Extract<GoogleCredentials, { readonly kind: 'service_account' }>,
  seconds: number,
): TokenQuestion {
  const claims = { iss: email, scope: SCOPE, aud: tokenUri.href, exp: seconds + LIFETIME_SECONDS, iat: seconds };
  const assertion = signJwt(claims, privateKey, object);
  return { url: tokenUri, body: form({ grant_type: JWT_GRANT, assertion }), secrets: [assertion] };
}

function refreshOf({
  members,
  object,
}: Extract<GoogleCredentials, { readonly kind: 'authorized_user' }>): TokenQuestion {
  const [clientId, clientSecret, refreshToken] = ['client_id', 'client_secret', 'refresh_token'].map((name) =>
    textOf(members, name),
  );
  if (!clientId || !clientSecret || !refreshToken) {
    throw cloudInvalid(object, 'client_id, client_secret and refresh_token', 'others');
  }
  const fields = { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken };
  const body = form({ grant_type: 'refresh_token', ...fields });
  return { url: new URL(USER_TOKEN_URI), body, secrets: [clientSecret, refreshToken] };
}
