import { quote } from '#base/error.ts';
import { type KeyCode, KeyError } from '../error.ts';

/** What a service said that keeps it from doing what it was asked. */
export interface Refusal {
  /** The status of HTTP. */
  readonly status: number;
  /** The service's own text, untrusted; empty when there is none. */
  readonly said: string;
  /** Credentials that went to the service: a text that repeats one of them is not shown. */
  readonly secrets: readonly string[];
  /** Where the service says more than the status does. */
  readonly code?: KeyCode;
  /** What the user can do about it, a full sentence. */
  readonly hint?: string;
}

const MAX_SAID = 200;

/** The error for an answer that is a refusal: by its status, unless the service says more. */
export function refused(name: string, refusal: Refusal): KeyError {
  const { status, said, secrets, hint } = refusal;
  const code = refusal.code ?? codeOf(status);
  const isShown = said !== '' && !secrets.some((secret) => secret !== '' && said.includes(secret));
  return new KeyError(code, PROBLEMS[code] ?? 'refused', {
    object: name,
    found: isShown ? `${status} (${quote(said, MAX_SAID)})` : `${status}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** An answer that is not what it should be; `found` never holds what came with it. */
export function answerInvalid(name: string, expected: string, found: string, cause?: unknown): KeyError {
  return new KeyError('KEY_SERVICE_ANSWER_INVALID', 'not the answer of a service that keeps keys', {
    object: name,
    expected,
    found,
    cause,
  });
}

/** A text of an answer where it has the form of what was asked for: anything else may be what the service was sent. */
export function shown(text: string, form: RegExp): string {
  return form.test(text) ? quote(text) : text === '' ? 'none' : 'another text';
}

const PROBLEMS: Partial<Readonly<Record<KeyCode, string>>> = {
  KEY_NOT_FOUND: 'the service has no such key',
  KEY_SERVICE_REFUSED: 'the service does not allow it',
  KEY_SERVICE_THROTTLED: 'the service was asked too often',
  KEY_SERVICE_UNREACHABLE: 'the service cannot answer now',
  KEY_NOT_PERMITTED: 'the service does not sign with this key',
  KEY_UNSUPPORTED: 'the service does not sign so with this key',
};

function codeOf(status: number): KeyCode {
  if (status === 404) {
    return 'KEY_NOT_FOUND';
  }
  if (status === 429) {
    return 'KEY_SERVICE_THROTTLED';
  }
  return status >= 500 ? 'KEY_SERVICE_UNREACHABLE' : 'KEY_SERVICE_REFUSED';
}
