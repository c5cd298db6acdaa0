import { z } from 'zod';
import { instant } from './schema-parts.ts';

/** See `exception.ts`. */
export const exception = z.strictObject({
  finding: z.string().describe('The `id` of the finding.'),
  package: z.string().describe('The `purl` of its package.'),
  status: z.enum(['not_affected', 'fixed']).describe('In the words of OpenVEX.'),
  justification: z.string().nullable().describe("One of OpenVEX's; null where the author uses other words."),
  explanation: z.string().nullable().describe('In the words of the author.'),
  author: z.string().describe('Who says so.'),
  document: z.string().describe('The identifier of the document that says so.'),
  since: instant.nullable().describe('When its author said so; null where it is not said.'),
  expires: instant.nullable().describe('From when on it no longer counts; null for one that has no end.'),
});
