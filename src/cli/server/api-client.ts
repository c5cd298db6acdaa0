import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '#base/error.ts';
import { type HttpCall, type HttpCallAnswer, httpCall } from '#base/http-call.ts';
import { membersOf, textOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import { Failure, ServerRefusal } from '../failure.ts';
import { version } from '../version.ts';
import type { ServerCredential } from './credential-store.ts';

const TIMEOUT_MS = 60_000;
/** Characters of what a server says. */
const MAX_SHOWN = 1000;
const BACKOFF_MS: readonly number[] = [500, 2000];
const UNDER_WAY_MS = 120_000;
const SECOND_MS = 1000;

/** A server, and who asks it. The credential goes to this origin and nowhere else: redirects are refused. */
export interface ApiTarget {
  readonly origin: string;
  readonly credential: ServerCredential;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** So long it is waited for a request that was sent before, and that the server still has at hand; milliseconds, two minutes when not said. */
  readonly underWayMs?: number;
}

/**
 * Asks the API of a server once, since a change is not to be made twice, and gives what it answered; null for nothing. With a `key` (`Idempotency-Key`) the
 * server sees to that, and what fails on the way is tried again. Throws `SERVER_REFUSED` with the server's own reason, `SERVER_ANSWER_INVALID`, and
 * `SERVER_OUTCOME_UNKNOWN` when the server does not say what became of the first attempt.
 */
export async function askApi(
  target: ApiTarget,
  method: HttpCall['method'],
  path: string,
  body?: object,
  key?: string,
): Promise<unknown> {
  const object = `${target.origin}/api/v1${path}`;
  for (let waited = 0; ; ) {
    const answer = await ask(target, { method, path, body, key });
    if (answer.status < 300) {
      return answer.body.length === 0 ? null : parsed(answer.body, object);
    }
    const refused = refusal({ origin: target.origin, object }, answer.status, answer.body);
    if (key === undefined || refused.serverCode !== 'API_KEY_UNDER_WAY') {
      throw refused;
    }
    const wait = Math.max(1, Math.min(60, Number(answer.headers['retry-after']) || 1)) * SECOND_MS;
    if (waited + wait > (target.underWayMs ?? UNDER_WAY_MS)) {
      throw new Failure('SERVER_OUTCOME_UNKNOWN', 'whether it was done is not known', {
        object: target.origin,
        expected: 'an answer to the same request, which was sent before',
        found: 'one that is still being done',
        hint: 'Look whether it was done before you ask for it again.',
        cause: refused,
      });
    }
    await sleep(wait, undefined, { signal: target.signal });
    waited += wait;
  }
}

interface Asked {
  readonly method: HttpCall['method'];
  readonly path: string;
  readonly body: object | undefined;
  readonly key: string | undefined;
}

async function ask(target: ApiTarget, { method, path, body, key }: Asked): Promise<HttpCallAnswer> {
  const { username, password } = target.credential;
  return await httpCall(
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
): ServerRefusal {
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
  const serverCode = problem === null ? null : textOf(problem, 'code');
  return new ServerRefusal(serverCode, said === null ? 'the server refused' : shown(said), {
    object: isRequests ? origin : object,
    ...(!isRequests && { found: `status ${status}` }),
    ...(isUnknown ? { hint: 'plimsoll login SERVER stores credentials.' } : hint !== null && { hint: shown(hint) }),
  });
}

/** On one line, with its quotation marks as they are. */
function shown(text: string): string {
  return quote(text, MAX_SHOWN).slice(1, -1).replaceAll('\\"', '"');
}
