import { z } from 'zod';
import { quote } from '#base/error.ts';

/** The name of a vulnerability, as feeds of CVE write it. */
export const CveId = z.string().regex(/^CVE-[0-9]{4}-[0-9]{4,12}$/, 'expected a CVE id');

/** Where a record is not as it should be, and why, in one line. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = (issue?.path ?? []).map(String).join('.');
  return `${place === '' ? 'record' : quote(place, 100)}: ${quote(issue?.message ?? 'not as expected')}`;
}
