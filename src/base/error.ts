/** What an error is about. Texts are quoted where they come from untrusted input. */
export interface ErrorDetail {
  /** The object at hand: a path, a reference, a digest, `manifest sha256:…`. */
  readonly object?: string;
  /** What was expected of it. */
  readonly expected?: string;
  /** What was found instead. */
  readonly found?: string;
  /** What the user can do about it, a full sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The base of every error that Plimsoll throws on purpose. Each library derives one class with its own `code` union;
 * callers and tests switch on `code`, never on the text. `docs/reference/errors.md` lists every code.
 */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  /** What is wrong, in a few words, without the rest of the sentence. */
  readonly problem: string;
  readonly object: string | undefined;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly hint: string | undefined;

  constructor(code: Code, problem: string, detail: ErrorDetail = {}) {
    super(sentence(problem, detail), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.code = code;
    this.problem = problem;
    this.object = detail.object;
    this.expected = detail.expected;
    this.found = detail.found;
    this.hint = detail.hint;
  }
}

/** True for an error of Plimsoll's own, as against a programming error or one of the platform. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

/** The text of anything that was thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Untrusted text as it may be shown: control characters escaped, at most `max` characters, in double quotes. */
export function quote(text: string, max = 200): string {
  const shown = text.length > max ? `${text.slice(0, max)}…` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sentence(problem: string, detail: ErrorDetail): string {
  const about = detail.object === undefined ? '' : `${detail.object}: `;
  const expected = detail.expected === undefined ? '' : `expected ${detail.expected}`;
  const found = detail.found === undefined ? '' : `found ${detail.found}`;
  const rest = [expected, found].filter((part) => part !== '').join(', ');
  return `${about}${problem}${rest === '' ? '' : `: ${rest}`}`;
}
