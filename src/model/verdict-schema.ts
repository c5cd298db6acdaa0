import { z } from 'zod';
import { contextSchema } from './facts-schema.ts';
import { ACTIONS } from './policy.ts';
import { count, digest, instant, versionPart } from './schema-parts.ts';
import { DECISIONS, OUTCOMES } from './verdict.ts';

/** The published schema of a verdict by policy, see `verdict.ts`; `verdict-schema.test.ts` holds the two together. */
const rule = z.strictObject({
  rule: z.string().describe('`POLICY/RULE`.'),
  title: z.string().describe('Of the policy.'),
  outcome: z.enum(OUTCOMES).describe('`error` counts as broken; `skipped`: it does not speak of this image or stage.'),
  action: z.enum(ACTIONS).describe('As the environment has it, before a grace window.'),
  effect: z.enum([...ACTIONS, 'none']).describe('What came of it; `none` for what did not fail.'),
  graceUntil: instant.nullable().describe('Until when a grace window makes a warning of a refusal; null for none.'),
  message: z.string().describe('A sentence without its full stop; empty for what did not fail.'),
  remediation: z.string().describe('What to do about it; may be empty.'),
  contextual: z.boolean().describe('Whether it reads the context.'),
  saw: z
    .array(
      z.strictObject({
        expression: z.string().describe('A part of the rule.'),
        value: z.string().describe('What it came to, shortened.'),
      }),
    )
    .describe('What the rule saw, where it did not pass.'),
  cost: count.describe('Units.'),
  exceptions: z.array(z.string()).describe('Names of exceptions that changed what it saw or came of it.'),
});

const named = z.array(
  z.strictObject({ name: z.string().describe('Of the document.'), digest: digest.describe('Of the document.') }),
);

const inputs = z.strictObject({
  facts: digest.describe("Of the facts' manifest."),
  revision: digest.describe('Of the set of documents that was active.'),
  environment: digest.describe('Of the document.'),
  policies: named.describe('Those that the environment selects, sorted by name.'),
  exceptions: named.describe('All of the set.'),
  sources: named.describe('All of the set.'),
  context: digest.describe('Of its canonical JSON.'),
  request: digest.describe('What else was asked: of the canonical JSON of `allowUnknown`.'),
});

export const verdictSchema = z.strictObject({
  schemaVersion: versionPart('2.0'),
  engine: z
    .strictObject({
      name: z.literal('plimsoll').describe('Always this.'),
      version: count.describe('Raised when the same input could give another verdict.'),
    })
    .describe('What decided.'),
  image: z
    .strictObject({
      reference: z.string().describe('As it was asked for.'),
      repository: z.string().nullable().describe('`registry/path`; null for no registry.'),
      digest: digest.nullable().describe('Of the platform manifest; null where there is none.'),
      platform: z.string().nullable().describe('os/architecture[/variant].'),
    })
    .describe('What was judged.'),
  context: contextSchema.describe('Where and when was asked.'),
  decision: z.enum(DECISIONS).describe('What was decided.'),
  because: z
    .enum(['rules', 'error', 'unknowns', 'unmatched'])
    .nullable()
    .describe('Of a refusal, what made it; null for an admission.'),
  reasons: z.array(z.string()).describe('Why, the decisive reason first.'),
  rules: z.array(rule).describe('Every rule of every policy of the environment, sorted by name.'),
  unknowns: z
    .strictObject({
      tolerated: count.describe('How many the environment, or who asked, lets pass.'),
      refused: count.describe('How many stand in the way.'),
      reasons: z.array(z.string()).describe('The first of those.'),
      allowed: z.string().nullable().describe('Why the asker lets them pass; null where nobody does.'),
    })
    .describe('What is not known.'),
  exceptions: z
    .array(
      z.strictObject({
        name: z.string().describe('Of the document.'),
        digest: digest.describe('Of the document.'),
        expires: instant.describe('From when on it no longer counts.'),
        approver: z.string().describe('Who approved it.'),
        ticket: z.string().describe('Where it was.'),
        rules: z.array(z.string()).describe('For which it changed something.'),
        findings: z.array(z.string()).describe('That it took out.'),
      }),
    )
    .describe('Those that made a difference.'),
  idleExceptions: z
    .array(
      z.strictObject({
        name: z.string().describe('Of the document.'),
        digest: digest.describe('Of the document.'),
        why: z.enum(['unused', 'expired', 'too-long', 'not-yet']).describe('Why it made none.'),
        expires: instant.describe('From when on it no longer counts.'),
      }),
    )
    .describe('Those that made none.'),
  score: z
    .strictObject({
      value: z.number().min(0).max(100).describe('100 is best.'),
      parts: z
        .array(
          z.strictObject({
            name: z.string().describe('What.'),
            points: z.number().describe('How many it took off.'),
            from: z.string().describe('Of what.'),
          }),
        )
        .describe('What took points off.'),
    })
    .describe('How well the image does; see the page of the score.'),
  validUntil: instant.nullable().describe('When time alone could change something; null for never.'),
  inputs: inputs.describe('What it is made of, by digest.'),
});
