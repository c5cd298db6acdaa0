import { z } from 'zod';
import { exception } from './exception-schema.ts';
import { FAIL_LEVELS } from './gate.ts';
import { GATE_DECISIONS } from './gate-verdict.ts';
import { count, digest, instant, toolPart, versionPart } from './schema-parts.ts';

/**
 * The published schema of the predicate `https://plimsoll.dev/attestation/verdict/v1`. Only tests and the documentation tool
 * load this file; `gate-verdict-schema.test.ts` holds it together with the interface of `gate-verdict.ts`.
 */
const gate = z.strictObject({
  failOn: z.enum(FAIL_LEVELS).describe('Findings as bad as this or worse refuse the image.'),
  allowUnknown: z.string().nullable().describe('Why unknowns pass; null where they do not.'),
  exceptions: z.array(digest).describe('The documents that may except findings, by the digest of their bytes, sorted.'),
});

const findings = z.strictObject({
  critical: count.describe('So rated.'),
  high: count.describe('So rated.'),
  medium: count.describe('So rated.'),
  low: count.describe('So rated.'),
  none: count.describe('Rated harmless.'),
  unknown: count.describe('Rated by nobody.'),
});

export const gateVerdictSchema = z
  .strictObject({
    schemaVersion: versionPart('1.0'),
    tool: toolPart,
    image: z
      .strictObject({
        repository: z.string().nullable().describe('`registry/path`; null for files.'),
        digest: digest.describe('Of the platform manifest, which is the subject of the statement.'),
        platform: z.string().nullable().describe('os/architecture[/variant].'),
      })
      .describe('What was judged.'),
    decidedAt: instant.describe('When.'),
    decision: z
      .enum(GATE_DECISIONS)
      .describe('`warn`: it passes, with something excepted or not known. `error`: not decided, does not pass.'),
    reasons: z.array(z.string()).describe('Why, the decisive reason first.'),
    counts: z
      .strictObject({
        findings: findings.describe('All of them by severity, those that are excepted among them.'),
        excepted: count.describe('Findings that do not count.'),
        unknowns: count.describe('Things that are not known and could hide a finding.'),
      })
      .describe('How much of what.'),
    exceptions: z.array(exception).describe('What does not count against it, and who says so.'),
    allowUnknown: z.string().nullable().describe('Why what is not known was let pass; null when nobody did.'),
    policy: z
      .strictObject({
        digest: digest.describe('Of the canonical JSON (RFC 8785) of `gate`; the same as in the verification summary.'),
        gate: gate.describe('The gate.'),
      })
      .describe('What was asked.'),
    advisories: z
      .array(
        z.strictObject({
          ecosystem: z.string().describe('Without suffix: `Alpine`, `npm`.'),
          revision: digest.describe("The digest of the feed's archive."),
          newest: instant.nullable().describe('When the newest advisory was last modified; null for an empty feed.'),
          stale: z.boolean().describe('True when the newest advisory is too old to stand for today.'),
        }),
      )
      .describe('What was matched against.'),
    inputs: z
      .array(
        z.strictObject({
          predicateType: z.string().describe('What it states.'),
          digest: digest.describe('Of the blob that holds the signed statement.'),
        }),
      )
      .describe('The statements that were attached beside it.'),
    validUntil: instant
      .nullable()
      .describe('When time alone could change the decision; null when it could not, or the image did not pass.'),
  })
  .describe('What Plimsoll decided of the image of one platform.');
