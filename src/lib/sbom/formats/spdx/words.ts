/** The place that SPDX 2.3 clause 6.5 gives to documents of those who have no site of their own; a UUID follows. */
export const NAMESPACE = 'https://spdx.org/spdxdocs/plimsoll-';

export const LICENCE_COMMENT = 'As the package names it; no text of a licence was read.';

/** `YYYY-MM-DDThh:mm:ssZ`, which is all that SPDX takes. */
export function instantOf(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
