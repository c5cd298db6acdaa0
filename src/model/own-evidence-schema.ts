import { z } from 'zod';
import { evidenceTarget } from './evidence-schema.ts';
import { exception } from './exception-schema.ts';
import { GATE_DECISIONS } from './gate-verdict.ts';
import { OWN_EVIDENCE } from './own-evidence-report.ts';
import { count, digest, instant, toolPart, versionPart } from './schema-parts.ts';
import { attachedRoute, signedBy } from './signing-report-schema.ts';

/** The published schema of what `attest --scan` writes with `-o json`; see `own-evidence-report.ts`. */
export const ownEvidenceReportSchema = z
  .strictObject({
    schemaVersion: versionPart('1.1'),
    kind: z.literal('own-evidence').describe('Which command wrote it.'),
    tool: toolPart,
    image: z
      .strictObject({
        reference: z.string().describe('As the user wrote it.'),
        repository: z.string().nullable().describe('`registry/path`, normalised; null for files of this machine.'),
      })
      .describe('What was looked at.'),
    by: signedBy.nullable().describe('Whose statements these are; null when nothing was signed.'),
    format: z.enum(['bundle', 'cosign-legacy']).describe('How the statements are written.'),
    environment: z.string().nullable().describe('Whose policies were asked; null when none were.'),
    outcome: z
      .enum(['passed', 'refused', 'unknown'])
      .nullable()
      .describe('Of all platforms together; null when neither --fail-on nor --environment was asked.'),
    judged: z
      .array(
        z.strictObject({
          subject: evidenceTarget.describe('The manifest of the platform.'),
          findings: count.describe('All of them, those that are excepted among them.'),
          unknowns: count.describe('Things that are not known and could hide a finding.'),
          decision: z
            .enum(GATE_DECISIONS)
            .nullable()
            .describe(
              'Null when neither was asked. By policy, `pass` is what is admitted, `error` what only unknowns stand in the way of.',
            ),
          reasons: z.array(z.string()).describe('Why.'),
          exceptions: z.array(exception).describe('What does not count against it.'),
          validUntil: instant.nullable().describe('When time alone could change the decision.'),
        }),
      )
      .describe('The platforms, in the order of the index.'),
    attached: z
      .array(
        z.strictObject({
          subject: evidenceTarget.describe('What it is about.'),
          evidence: z.enum(OWN_EVIDENCE).describe('What `--only` calls it.'),
          predicateType: z.string().describe('Of the statement.'),
          blob: digest.describe('The blob that holds the signed statement.'),
          manifest: digest.describe('The manifest that holds it now.'),
          route: attachedRoute,
        }),
      )
      .describe('Empty when the outcome is `unknown`: then nothing is attached.'),
    notes: z.array(z.string()).describe('What was left out, and which statements except nothing.'),
  })
  .describe('What plimsoll stated of an image by itself.');
