import type { Clock } from '#base/clock.ts';
import { FORM_HEADERS, form, isHeaderToken } from '#base/cloud/token.ts';
import { redactUrl } from '#base/http.ts';
import { textOf } from '#base/json/members.ts';
import type { Exchange, ExchangeRequest } from '../transport/exchange.ts';
import { basicHeader, type Credential, secretsOf } from './credential.ts';
import { answerInvalid, askService } from './service.ts';

export interface TokenRequest {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly realm: URL;
  readonly service: string | null;
  /** Entries separated by blanks. */
  readonly scope: string;
  /** Null for a token that anybody gets. */
  readonly credential: Exclude<Credential, { readonly kind: 'bearer' }> | null;
  /** What the user can do when there is none. */
  readonly hint?: string;
  readonly signal: AbortSignal;
}

export interface Token {
  readonly value: string;
  readonly obtainedAt: number;
  /** From then on a new one is asked for, which is a little before it ends. */
  readonly renewAt: number;
}

type PasswordCredential = Extract<Credential, { readonly kind: 'password' }>;

/** What a service means that does not say (distribution token specification). */
const DEFAULT_SECONDS = 60;
const MARGIN_MS = 10_000;
const CLIENT_ID = 'plimsoll';

/** Gets a token (distribution token specification, and its OAuth 2 variant for identity tokens). */
export async function fetchToken(request: TokenRequest): Promise<Token> {
  const { exchange, clock, realm, credential, hint } = request;
  // Before the request, so that the time it takes is on the safe side.
  const obtainedAt = clock.now();
  const question =
    credential?.kind === 'identity' ? exchangeOf(request, credential.token) : questionOf(request, credential);
  const members = await askService(exchange, question, secretsOf(credential), hint);
  const object = `answer of ${redactUrl(realm.href)}`;
  const value = textOf(members, 'token') ?? textOf(members, 'access_token');
  if (value === null || !isHeaderToken(value)) {
    throw answerInvalid(object, 'token or access_token with letters, digits and signs', 'something else');
  }
  const lifetime = secondsOf(members.get('expires_in')) * 1000;
  return { value, obtainedAt, renewAt: obtainedAt + lifetime - Math.min(MARGIN_MS, lifetime / 2) };
}

function questionOf(
  { realm, service, scope, signal }: TokenRequest,
  credential: PasswordCredential | null,
): ExchangeRequest {
  const url = new URL(realm);
  if (service !== null) {
    url.searchParams.set('service', service);
  }
  for (const entry of scope.split(' ')) {
    url.searchParams.append('scope', entry);
  }
  const authorization =
    credential === null ? {} : { authorization: basicHeader(credential.username, credential.password) };
  return { method: 'GET', url, headers: { accept: 'application/json', ...authorization }, signal };
}

function exchangeOf({ realm, service, scope, signal }: TokenRequest, token: string): ExchangeRequest {
  const fields = { grant_type: 'refresh_token', service, scope, client_id: CLIENT_ID, refresh_token: token };
  return { method: 'POST', url: realm, headers: FORM_HEADERS, body: form(fields), signal };
}

function secondsOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : DEFAULT_SECONDS;
}
