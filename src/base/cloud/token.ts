import type { Members } from '../json/members.ts';

/** A token of a cloud, with the instant in milliseconds at which it ends. */
export interface CloudToken {
  readonly value: string;
  readonly endsAt: number;
}

/** One question to a token service of OAuth 2. */
export interface TokenQuestion {
  readonly url: URL;
  /** `application/x-www-form-urlencoded`. */
  readonly body: string;
  /** Texts of the question that must not show up anywhere. */
  readonly secrets: readonly string[];
}

/** Posts the question and reads the object that is answered. Redirects are not followed; throws what its transport throws. */
export type AskTokenService = (question: TokenQuestion) => Promise<Members>;

/** A form as OAuth 2 wants it (RFC 6749, appendix B). */
export function form(fields: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return new URLSearchParams(given).toString();
}

export const FORM_HEADERS = {
  accept: 'application/json',
  'content-type': 'application/x-www-form-urlencoded',
} as const;

/** A token as a header may hold it (RFC 6750, section 2.1, and what services make of it): visible ASCII, no blanks. */
export function isHeaderToken(token: string): boolean {
  return /^[!-~]+$/.test(token);
}

/** A variable that is set and not empty. */
export function variableOf(environment: Readonly<Record<string, string | undefined>>, name: string): string | null {
  const value = environment[name];
  return value === undefined || value === '' ? null : value;
}

/** `expires_in` of an answer (RFC 6749, section 5.1) as an instant, for a token asked for at `askedAt`. */
export function endOf(answer: Members, askedAt: number, defaultSeconds: number): number {
  const seconds = answer.get('expires_in');
  const known = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  return askedAt + (known ? seconds : defaultSeconds) * 1000;
}
