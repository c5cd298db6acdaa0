import { z } from 'zod';
import { evidenceTarget } from './evidence-schema.ts';
import { digest, toolPart, versionPart } from './schema-parts.ts';
import { SIGNING_FORMATS } from './signing-report.ts';

/**
 * The published schema of what `sign` and `attest` write with `-o json`. Only tests and the documentation tool load this
 * file; `signing-report-schema.test.ts` holds it together with the interface of `signing-report.ts`.
 */
export const signedBy = z.strictObject({
  name: z.string().describe('The reference of the key without secrets, or the identity and its authority.'),
  fingerprint: digest.describe('Of the public half, as SubjectPublicKeyInfo in DER.'),
  identity: z
    .strictObject({
      issuer: z.string().describe('The OIDC issuer.'),
      subject: z.string().describe('The mail address or URI in the certificate.'),
    })
    .nullable()
    .describe('What Fulcio certified; null for a key.'),
  timestampAuthorities: z.array(z.string()).describe('Who was asked for a time; URLs without queries.'),
  logs: z.array(z.string()).describe('The transparency logs that have an entry; URLs without queries.'),
});

export const attachedRoute = z
  .enum(['referrers', 'fallback-tag', 'signature-tag', 'attestation-tag'])
  .describe('How it is found.');

export const signingReportSchema = z
  .strictObject({
    schemaVersion: versionPart('1.0'),
    kind: z.enum(['signature', 'attestation']).describe('What was made.'),
    tool: toolPart,
    image: z
      .strictObject({
        reference: z.string().describe('As the user wrote it.'),
        repository: z.string().nullable().describe('`registry/path`, normalised; null for files of this machine.'),
      })
      .describe('What was signed.'),
    by: signedBy.describe('Whose signature it is, and who was asked about it.'),
    format: z.enum(SIGNING_FORMATS).describe('How it is written.'),
    predicateType: z.string().nullable().describe('Of an attestation; null for a signature.'),
    attached: z
      .array(
        z.strictObject({
          subject: evidenceTarget.describe('What it is about.'),
          manifest: digest.describe('The manifest that holds it now.'),
          route: attachedRoute,
        }),
      )
      .describe('One for each manifest that was signed, the index first.'),
  })
  .describe('What plimsoll signed and attached.');
