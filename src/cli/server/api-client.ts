import { quote } from '#base/error.ts';
import { type HttpCall, httpCall } from '#base/http-call.ts';
import { membersOf, textOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import { Failure } from '../failure.ts';
import { version } from '../version.ts';
import type { ServerCredential } from './credential-store.ts';

const TIMEOUT_MS = 60_000;
/** Characters of what a server says. */
const MAX_SHOWN = 1000;
const BACKOFF_MS: readonly number[] = [500, 2000];

/** A server, and who asks it. The credential goes to this origin and nowhere else: redirects are refused. */
export interface ApiTarget {
  readonly origin: string;
  readonly credential: ServerCredential;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Asks the API of a server once, since a change is not to be made twice, and gives what it answered; null for nothing. With a `key` (`Idempotency-Key`) the
 * server sees to that, and what fails on the way is tried again. Throws `SERVER_REFUSED` with the server's own reason, and `SERVER_ANSWER_INVALID`.
 */
export async function askApi(
  target: ApiTarget,
  method: HttpCall['method'],
  path: string,
  body?: object,
  key?: string,
): Promise<unknown> {
  const { username, password } = target.credential;
  const answer = await httpCall(
    {
      method,
      url: `${target.origin}/api/v1${path}`,
      headers: {
        accept: 'application/json, application/problem+json',
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
    },
    {
      signal: target.signal,
      totalTimeoutMs: TIMEOUT_MS,
      maxBytes: LIMITS.apiAnswerBytes,
      userAgent: `plimsoll/${version}`,
      proxies: target.environment,
      retries: { backoffMs: key === undefined ? [] : BACKOFF_MS },
    },
  );
  const object = `${target.origin}/api/v1${path}`;
  if (answer.status >= 300) {
    throw refusal({ origin: target.origin, object }, answer.status, answer.body);
  }
  return answer.body.length === 0 ? null : parsed(answer.body, object);
}

function parsed(body: Uint8Array, object: string): unknown {
  try {
    return parseStrictJson(body, object);
  } catch (error) {
    throw new Failure('SERVER_ANSWER_INVALID', 'not an answer of the API', { object, expected: 'JSON', cause: error });
  }
}

/** The problem that the server describes (RFC 9457); what is no problem is not shown. */
function refusal(
  { origin, object }: { readonly origin: string; readonly object: string },
  status: number,
  body: Uint8Array,
): Failure {
  let problem: ReadonlyMap<string, unknown> | null = null;
  try {
    problem = membersOf(parseStrictJson(body, object));
  } catch {
    problem = null;
  }
  const said = problem === null ? null : (textOf(problem, 'detail') ?? textOf(problem, 'title'));
  const hint = problem === null ? null : textOf(problem, 'hint');
  const isUnknown = status === 401;
  // What it says names its own object and what it found; a status says more only where it is not about the request.
  const isRequests = said !== null && status < 500 && status !== 429;
  return new Failure('SERVER_REFUSED', said === null ? 'the server refused' : shown(said), {
    object: isRequests ? origin : object,
    ...(!isRequests && { found: `status ${status}` }),
    ...(isUnknown ? { hint: 'plimsoll login SERVER stores credentials.' } : hint !== null && { hint: shown(hint) }),
  });
}

/** On one line, with its quotation marks as they are. */
function shown(text: string): string {
  return quote(text, MAX_SHOWN).slice(1, -1).replaceAll('\\"', '"');
}
