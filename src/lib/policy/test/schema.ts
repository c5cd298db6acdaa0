import { z } from 'zod';
import { ACTIONS } from '#model/policy.ts';
import { DECISIONS, OUTCOMES } from '#model/verdict.ts';
import { environmentDocument, sourceDocument } from '../documents/schema.ts';
import { caseContext, caseFacts } from './case-facts.ts';

/** A file of cases as it is written. `docs/reference/policy-test.schema.json` is made of it, so that editors can check the file too. */
export type PolicyTestEntry = z.infer<typeof policyTestDocument>;
export type CaseEntry = z.infer<typeof caseEntry>;
export type Given = Pick<CaseEntry, keyof typeof given>;

const MAX_CASES = 1024;
const MAX_TEXT = 4096;

const Words = z.string('expected a text').min(1, 'expected a text that is not empty').max(MAX_TEXT);

const head = { apiVersion: true, kind: true } as const;

const given = {
  facts: caseFacts
    .optional()
    .describe('What is in the image, as facts; members that are not here are those of an image with nothing wrong.'),
  context: caseContext.optional().describe('Where and when is asked.'),
  line: environmentDocument
    .omit({ ...head, metadata: true, policies: true })
    .optional()
    .describe('Members of the environment in which is asked.'),
  parameters: z.record(z.string(), z.unknown()).optional().describe('Of the policy, in place of its defaults.'),
  exceptions: z
    .array(z.record(z.string(), z.unknown()))
    .max(64)
    .optional()
    .describe('Documents of kind Exception without apiVersion and kind; none where it is not said.'),
  sources: z
    .array(sourceDocument.omit(head))
    .max(64)
    .optional()
    .describe('Documents of kind Source without apiVersion and kind; those of the folder where it is not said.'),
};

const outcome = z.enum(OUTCOMES);

const expectedRule = z.union(
  [
    outcome,
    z.strictObject({
      outcome,
      effect: z
        .enum([...ACTIONS, 'none'])
        .optional()
        .describe('What came of it, a grace window considered.'),
      message: z.string().max(MAX_TEXT).optional().describe('The whole of it.'),
    }),
  ],
  `expected one of ${OUTCOMES.join(', ')}, or a map with outcome, effect and message`,
);

const caseEntry = z
  .strictObject({
    name: Words.describe('Unique in the file.'),
    ...given,
    report: Words.optional().describe('A file that `plimsoll scan -o json` wrote, whose facts come before `facts`.'),
    factsFile: Words.optional().describe('A file of whole facts as JSON, which come before `facts`.'),
    expect: z
      .strictObject({
        decision: z.enum(DECISIONS).optional().describe('Of the verdict.'),
        rules: z
          .record(z.string(), expectedRule)
          .optional()
          .describe('By name: RULE of the policy that is tested, or POLICY/RULE. These count as covered.'),
      })
      .refine(({ decision, rules = {} }) => decision !== undefined || Object.keys(rules).length > 0, {
        error: 'expected a decision, rules, or both',
      }),
  })
  .refine(({ report, factsFile }) => report === undefined || factsFile === undefined, {
    error: 'expected either report or factsFile',
  });

export const policyTestDocument = z
  .strictObject({
    apiVersion: z.literal('plimsoll.dev/v1'),
    kind: z.literal('PolicyTest'),
    policy: Words.optional().describe('The name of the policy that is tested.'),
    environment: Words.optional().describe('In place of it: an environment, which is tested with all its policies.'),
    ...given,
    cases: z
      .array(caseEntry, 'expected a list of cases')
      .min(1, 'expected at least one case')
      .max(MAX_CASES, `expected at most ${MAX_CASES} cases`),
  })
  .superRefine(({ policy, environment, cases }, context) => {
    if ((policy === undefined) === (environment === undefined)) {
      context.addIssue({ code: 'custom', path: [], message: 'expected either policy or environment' });
    }
    const seen = new Set<string>();
    for (const [index, { name }] of cases.entries()) {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: ['cases', index, 'name'],
          message: 'expected every name of cases once',
        });
      }
      seen.add(name);
    }
  });
