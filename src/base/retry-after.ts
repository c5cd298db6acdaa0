/** The wait that a Retry-After header asks for (RFC 9110, section 10.2.3), in milliseconds; null when it has neither form. */
export function parseRetryAfter(text: string, now: number): number | null {
  if (/^[0-9]{1,9}$/.test(text)) {
    return Number(text) * 1000;
  }
  const date = text.length <= 40 && text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
