import { z } from 'zod';
import { count, digest, instant } from './schema-parts.ts';

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

const source = z
  .strictObject({
    kind: z.enum(['file', 'attestation']).describe('What the user gave, or what a trusted signer attested.'),
    name: z.string().describe('The file as the user wrote it; the manifest that holds the attestation.'),
    digest: digest.describe('Of the file, or of the blob that holds the attestation.'),
  })
  .describe('Where the document is from.');

/** One of a report. */
export const sourcedException = exception.extend({ from: source });

/** See `ReportVex`. */
export const reportVex = z.strictObject({
  from: source,
  format: z.enum(['csaf', 'cyclonedx', 'openvex']).nullable().describe('Null when it was passed over.'),
  id: z.string().nullable().describe('Its identifier; null when it was passed over.'),
  author: z.string().nullable().describe('As it says; null when it was passed over.'),
  passedOver: z.string().nullable().describe('Why none of its statements counts; null when they do.'),
  statements: count.describe('How many it has.'),
  excepted: count.describe('Findings that it excepts.'),
  idle: count.describe('Statements that might except something and do not.'),
  reasons: z.array(z.string()).describe('Why, one for each of the first of them.'),
});
