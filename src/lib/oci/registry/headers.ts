import type { ExchangeAnswer } from '../transport/exchange.ts';

/** What `Content-Range: bytes START-END/TOTAL` says (RFC 9110, section 14.4); TOTAL may be `*`, for null. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  readonly total: number | null;
}

/** The range, or null for another unit, an unsatisfied range and what is none at all. */
export function parseContentRange(text: string): ContentRange | null {
  const match = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/.exec(text);
  if (match === null) {
    return null;
  }
  const [, first, last, whole] = match;
  const [start, end, total] = [Number(first), Number(last), whole === '*' ? null : Number(whole)];
  return start <= end && (total === null || end < total) ? { start, end, total } : null;
}

/** Bytes; null where the answer does not say. */
export function contentLength(answer: ExchangeAnswer): number | null {
  const text = answer.headers.get('content-length') ?? '';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

/** The media type without parameters, in lower case; null where there is none. */
export function mediaTypeOf(answer: ExchangeAnswer): string | null {
  const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' ? null : type;
}
