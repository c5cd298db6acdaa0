import { quote } from '#base/error.ts';
import { type HttpCallAnswer, httpCall } from '#base/http-call.ts';
import { redactUrl } from '#base/http-error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { Fields } from '../attestations/fields.ts';
import { type TrustCode, TrustError } from '../error.ts';
import type { ServiceAccess } from './access.ts';

export interface ServiceCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes: number;
  /** Plain http to any machine: for answers that are signed, to questions that are no secret. */
  readonly allowHttp?: boolean;
  /** Besides that of the access. */
  readonly signal?: AbortSignal;
}

/** What is said of an answer that is of no use. */
export interface Refused {
  readonly code: TrustCode;
  readonly problem: string;
  /** The service, as it may be shown. */
  readonly object: string;
  readonly expected: string;
  readonly answer: HttpCallAnswer;
  /** What no message may repeat any part of. */
  readonly secret?: string;
  readonly hint?: string;
}

const PATIENCE_MS = 60_000;

/** One request, under the caller's conditions. Throws what `httpCall` throws. */
export async function callService(call: ServiceCall, access: ServiceAccess): Promise<HttpCallAnswer> {
  const { method, url, headers, body, maxBytes, allowHttp = false, signal } = call;
  return await httpCall(
    { method, url, headers, ...(body === undefined ? {} : { body }) },
    {
      signal: signal === undefined ? access.signal : AbortSignal.any([access.signal, signal]),
      totalTimeoutMs: access.patienceMs ?? PATIENCE_MS,
      maxBytes,
      allowHttp,
      proxies: access.proxies,
      clock: access.clock,
      ...(access.ca === undefined ? {} : { ca: access.ca }),
    },
  );
}

/** A path of a service's interface below the URL that the user knows it by. `HTTP_URL_REFUSED` of `httpCall` says what is no URL. */
export function pathOf(service: string, path: string): string {
  const url = URL.parse(service);
  if (url === null) {
    return service;
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return url.href;
}

export function nameOf(service: string): string {
  return redactUrl(service);
}

/** The members of a JSON answer. Throws `code`, `JSON_…`. */
export function membersOf(answer: HttpCallAnswer, object: string, code: TrustCode): Fields {
  const place = `answer of ${object}`;
  return Fields.of(parseStrictJson(answer.body, place), place, code);
}

export function refused({ code, problem, object, expected, answer, secret, hint }: Refused): TrustError {
  return new TrustError(code, problem, {
    object,
    expected,
    found: `status ${answer.status}${describeMessage(answer, secret)}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

const SHOWN = 300;
/** What a message may have in common with a secret by chance. */
const SHARED = 12;

/** What a service says of itself: `message` of Sigstore's services, or plain text; never a page, and never what was sent to it. */
function describeMessage(answer: HttpCallAnswer, secret: string | undefined): string {
  const type = answer.headers['content-type'] ?? '';
  if (answer.body.length === 0 || /^[\w.-]+\/(html|octet-stream|timestamp-reply)/.test(type)) {
    return type === '' ? '' : ` with ${quote(type, 60)}`;
  }
  const message = messageOf(answer).slice(0, SHOWN);
  return secret !== undefined && repeats(message, secret)
    ? ' and a message that repeats what was sent'
    : `: ${quote(message, SHOWN)}`;
}

function messageOf({ body }: HttpCallAnswer): string {
  const text = new TextDecoder().decode(body);
  try {
    const parsed = parseStrictJson(text, 'message');
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed && typeof parsed.message === 'string') {
      return parsed.message;
    }
  } catch {
    // Not JSON: then it is its own message.
  }
  return text;
}

function repeats(message: string, secret: string): boolean {
  for (let at = 0; at + SHARED <= message.length; at += 1) {
    if (secret.includes(message.slice(at, at + SHARED))) {
      return true;
    }
  }
  return false;
}
