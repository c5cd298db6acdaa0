import type { ErrorDetail } from '#base/error.ts';
import { AppError, quote } from '#base/error.ts';
import { redactUrl } from '#base/http.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import type { ExchangeAnswer } from './exchange.ts';

export type RegistryCode =
  /** No connection to the registry, or it broke while the answer was coming. */
  | 'REGISTRY_UNREACHABLE'
  /** The registry sent nothing for too long, too little per second, or the whole took too long. */
  | 'REGISTRY_TIMEOUT'
  /** The registry's certificate is not signed by a known authority, has expired, or is for another name. */
  | 'REGISTRY_CERTIFICATE'
  /** TLS could not be agreed on; perhaps the registry speaks plain http. */
  | 'REGISTRY_TLS'
  /** The URL may not be asked: plain http to another machine, or a user name inside. */
  | 'REGISTRY_URL_REFUSED'
  /** The address may not be asked: link-local, reserved, or inside a network that the registry itself is not in. */
  | 'REGISTRY_ADDRESS_REFUSED'
  /** A redirect that is not followed: from https to http, without a location, in a loop, too many. */
  | 'REGISTRY_REDIRECT_REFUSED'
  /** The answer is not what HTTP or the distribution specification allows, or not what was asked for. */
  | 'REGISTRY_ANSWER_INVALID'
  /** The registry answers that the credentials at hand, or none, do not suffice (401, 403). */
  | 'REGISTRY_DENIED'
  /** The registry has answered too many requests (429) and did not answer again in time. */
  | 'REGISTRY_RATE_LIMITED'
  /** The registry answered with another error status. */
  | 'REGISTRY_STATUS'
  /** A proxy of the environment cannot be used as it is written. */
  | 'REGISTRY_PROXY_INVALID'
  /** The content would have to be fetched, and the network may not be used. */
  | 'REGISTRY_OFFLINE';

/** One error of a registry's answer (OCI distribution-spec, section Error Codes). Untrusted text, shortened. */
export interface RegistryProblem {
  readonly code: string;
  readonly message: string;
}

interface RegistryDetail extends ErrorDetail {
  readonly status?: number;
  readonly problems?: readonly RegistryProblem[];
  readonly temporary?: boolean;
}

/** The object is the request: method and URL without query and user info, which may hold secrets. */
export class RegistryError extends AppError<RegistryCode> {
  /** The answer's status; null when there was no answer. */
  readonly status: number | null;
  readonly problems: readonly RegistryProblem[];
  /** True when the same request may well succeed later. */
  readonly temporary: boolean;

  constructor(code: RegistryCode, problem: string, detail: RegistryDetail = {}) {
    super(code, problem, detail);
    this.status = detail.status ?? null;
    this.problems = detail.problems ?? [];
    this.temporary = detail.temporary ?? false;
  }
}

const MAX_PROBLEMS = 5;
const MAX_CODE = 64;
const MAX_MESSAGE = 200;
const LOG_IN =
  'Log in with docker login or podman login, or check that the name is right: registries deny what is not there.';

/** True for an answer of 404: there is no such manifest or blob, as far as the registry says. */
export function isNotFound(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.status === 404;
}

export function describeRequest(request: { readonly method: string; readonly url: URL }): string {
  return `${request.method} ${redactUrl(request.url.href)}`;
}

/** What an answer of an unexpected status means. Reads its body, at most `LIMITS.registryErrorBytes` of it. */
export async function statusError(
  request: { readonly method: string; readonly url: URL },
  answer: ExchangeAnswer,
  { expected = '200', hint = LOG_IN }: { readonly expected?: string; readonly hint?: string } = {},
): Promise<RegistryError> {
  const { status } = answer;
  const problems = await readProblems(answer);
  const said = problems.map(({ code, message }) => `${quote(code, MAX_CODE)} ${quote(message, MAX_MESSAGE)}`);
  const wait = answer.headers.get('retry-after');
  const again = wait === undefined || status !== 429 ? [] : [`Retry-After ${quote(wait, MAX_CODE)}`];
  const notes = [...said, ...again].join(', ');
  const detail = {
    object: describeRequest(request),
    expected,
    found: notes === '' ? `${status}` : `${status} (${notes})`,
    status,
    problems,
  };
  if (status === 401 || status === 403) {
    return new RegistryError('REGISTRY_DENIED', 'access denied', {
      ...detail,
      hint,
    });
  }
  if (status === 429) {
    return new RegistryError('REGISTRY_RATE_LIMITED', 'too many requests', { ...detail, temporary: true });
  }
  return new RegistryError('REGISTRY_STATUS', 'the server refused', { ...detail, temporary: status >= 500 });
}

/** The errors that a body lists; none where it is too long, is cut off, or is something else. */
async function readProblems(answer: ExchangeAnswer): Promise<readonly RegistryProblem[]> {
  try {
    const bytes = await readBounded(answer.body, LIMITS.registryErrorBytes, 'error body');
    return problemsOf(parseStrictJson(bytes, 'error body'));
  } catch {
    // The status says enough, and whatever broke the body must not hide it.
    answer.discard();
    return [];
  }
}

function problemsOf(document: unknown): readonly RegistryProblem[] {
  const errors = member(document, 'errors');
  if (!Array.isArray(errors)) {
    return [];
  }
  return errors.slice(0, MAX_PROBLEMS).flatMap((entry: unknown) => {
    const [code, message] = [member(entry, 'code'), member(entry, 'message')];
    return typeof code !== 'string'
      ? []
      : [{ code: code.slice(0, MAX_CODE), message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : '' }];
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
