import type { z } from 'zod';
import { quote } from '#base/error.ts';
import { VexError } from '../../error.ts';

/** `found` is a sentence part; what comes from the document is quoted in it. */
export function invalidCsaf(object: string, expected: string, found: string): VexError {
  return new VexError('VEX_INVALID', 'not a valid CSAF document', { object, expected, found });
}

/** What a schema has refused, with the place in the document. */
export function schemaError(object: string, issue: z.core.$ZodIssue | undefined): Error {
  const place = (issue?.path ?? []).map(String).join('.');
  const at = place === '' ? 'the document' : quote(place, 120);
  if (issue?.code === 'unrecognized_keys') {
    return invalidCsaf(object, `no other members in ${at}`, quote(issue.keys.join(' '), 120));
  }
  const expected = (issue?.message ?? '').replace(/^.*expected /, '');
  return invalidCsaf(object, `${expected === '' ? 'another value' : expected} for ${at}`, 'something else');
}
