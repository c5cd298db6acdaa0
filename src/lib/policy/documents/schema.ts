import { z } from 'zod';
import { SEVERITIES } from '#model/advisory.ts';
import { JUSTIFICATIONS } from '#model/exception.ts';
import { ACTIONS, ALERT_DISPOSITIONS, PARAMETER_TYPES, POLICY_KINDS, STAGES } from '#model/policy.ts';
import { UNKNOWN_KINDS } from '#model/unknown.ts';
import { acquireEntry } from './acquire-schema.ts';
import { parameterFault } from './parameter.ts';
import {
  CelText,
  DigestText,
  Duration,
  Identifier,
  Instant,
  listOf,
  MAX_LIST,
  Name,
  once,
  PackageUrl,
  Pattern,
  PinnedPackage,
  PlatformText,
  Words,
} from './schema-parts.ts';

/** Documents as they are written. `docs/reference/*.schema.json` are made of these, so that editors can check the files too. */
export type PolicyEntry = z.infer<typeof policyDocument>;
export type EnvironmentEntry = z.infer<typeof environmentDocument>;
export type ExceptionEntry = z.infer<typeof exceptionDocument>;
export type SourceEntry = z.infer<typeof sourceDocument>;

const metadata = z.strictObject(
  {
    name: Name.describe('Unique among the documents of its kind.'),
    title: Words.optional().describe('For people; the name where it is not said.'),
    description: Words.optional(),
  },
  'expected metadata with a name',
);

function head<Kind extends (typeof POLICY_KINDS)[number]>(kind: Kind) {
  return {
    apiVersion: z.literal('plimsoll.dev/v1'),
    kind: z.literal(kind),
    metadata,
  };
}

const Actions = z.enum(ACTIONS);
const Stages = listOf(z.enum(STAGES), 'stages');

const ParameterValue = z.union(
  [z.boolean(), z.number(), z.string().max(4096), z.array(z.string().max(4096)).max(4096)],
  'expected true, false, a number, a text or a list of texts',
);

/** Records are not bounded by themselves. */
function few<Value extends z.ZodType>(record: z.ZodRecord<typeof Identifier, Value>) {
  return record.refine((entries) => Object.keys(entries).length <= MAX_LIST, `expected at most ${MAX_LIST} parameters`);
}

const parameter = z
  .strictObject({
    type: z.enum(PARAMETER_TYPES),
    description: Words.describe('What it changes.'),
    default: ParameterValue.optional().describe('Of the type; an environment has to set it where there is none.'),
  })
  .superRefine(({ type, default: value }, context) => {
    const fault = value === undefined ? null : parameterFault(type, value);
    if (fault !== null) {
      context.addIssue({ code: 'custom', path: ['default'], message: `expected ${fault}` });
    }
  });

const namedExpressions = (name: z.ZodString, what: string) =>
  z
    .array(z.strictObject({ name, expression: CelText }), `expected a list of ${what}`)
    .max(MAX_LIST, `expected at most ${MAX_LIST} ${what}`)
    .superRefine((entries, context) => {
      once(
        entries.map(({ name }) => name),
        `every name of ${what} once`,
        ['name'],
        context,
      );
    });

const match = z.strictObject({
  stages: Stages.optional().describe('Stages of the chain; all where it is not said.'),
  repositories: listOf(Pattern, 'patterns').optional().describe('Patterns; all where it is not said.'),
  excludeRepositories: listOf(Pattern, 'patterns').optional().describe('Patterns of what it does not speak of.'),
  platforms: listOf(PlatformText, 'platforms').optional().describe('Platforms; all where it is not said.'),
  conditions: namedExpressions(Name, 'conditions').optional().describe('Expressions that all have to be true.'),
});

const validation = z.strictObject({
  name: Name.describe('Unique in the policy.'),
  expression: CelText.describe('True for an image that keeps the rule.'),
  message: Words.describe('What is wrong with an image that does not: a sentence without its full stop.'),
  messageExpression: CelText.optional().describe('An expression that gives the message, with what was found.'),
  action: Actions.optional().describe('`deny` where it is not said.'),
  grace: z.boolean().optional().describe('`false`: the grace of an environment is not for it.'),
  stages: Stages.optional().describe('Stages in which it is asked; all where it is not said.'),
  remediation: Words.optional().describe('What to do about it, in full sentences.'),
});

export const policyDocument = z.strictObject({
  ...head('Policy'),
  parameters: few(z.record(Identifier, parameter))
    .optional()
    .describe('Values that an environment may set: `params.NAME`.'),
  match: match.optional().describe('Images that it speaks of; all where it is not said.'),
  variables: namedExpressions(Identifier, 'variables')
    .optional()
    .describe('`variables.NAME` in the expressions behind it.'),
  validations: z
    .array(validation, 'expected a list of validations')
    .min(1, 'expected at least one validation')
    .max(MAX_LIST, `expected at most ${MAX_LIST} validations`)
    .superRefine((entries, context) => {
      once(
        entries.map(({ name }) => name),
        'every name of validations once',
        ['name'],
        context,
      );
    }),
});

const selection = z.strictObject({
  policy: Name.describe('The name of a policy.'),
  parameters: few(z.record(Identifier, ParameterValue)).optional().describe('In place of the defaults.'),
  action: Actions.optional().describe('In place of what its validations say.'),
  without: listOf(Name, 'names').optional().describe('Validations that are left out.'),
});

const tolerated = z.strictObject({
  kind: z.enum(UNKNOWN_KINDS),
  paths: listOf(Words.regex(/^\//, 'expected an absolute path, with * and ** as wildcards'), 'paths')
    .optional()
    .describe('Files of the image, `*` within and `**` across folders; any where it is not said.'),
  reason: Words,
});

export const environmentDocument = z.strictObject({
  ...head('Environment'),
  policies: z
    .array(selection, 'expected a list of policies')
    .min(1, 'expected at least one policy')
    .max(MAX_LIST, `expected at most ${MAX_LIST} policies`)
    .superRefine((entries, context) => {
      once(
        entries.map(({ policy }) => policy),
        'every policy once',
        ['policy'],
        context,
      );
    }),
  unmatched: z
    .enum(['deny', 'warn', 'admit'])
    .optional()
    .describe('What becomes of an image that no policy speaks of; `deny` where it is not said.'),
  severity: z.enum(SEVERITIES).optional().describe('The line that shipped policies draw; `high` where it is not said.'),
  maximumAge: Duration.optional().describe('How old an image may be.'),
  grace: Duration.optional().describe('How long a rule that an admitted image newly breaks only warns.'),
  tolerated: z.array(tolerated).max(MAX_LIST).optional().describe('What may be unknown.'),
  advisoryMaximumAge: Duration.optional().describe('How old what is known of advisories may be.'),
  alerts: z
    .enum(ALERT_DISPOSITIONS)
    .optional()
    .describe('conservative: high and worse; moderate: medium and worse, where it is not said; aggressive: all.'),
  exceptions: z
    .strictObject({ maximum: Duration.describe('The longest time from requested to expires.') })
    .optional()
    .describe('`maximum: 90d` where it is not said.'),
});

const scope = z
  .strictObject({
    digests: listOf(DigestText, 'digests').optional().describe('Of manifests or of the indexes they are chosen from.'),
    repositories: listOf(Pattern, 'patterns').optional(),
    packages: listOf(PackageUrl, 'packages').optional().describe('Package URLs, without a version for every version.'),
  })
  .superRefine(({ digests = [], repositories = [], packages = [] }, context) => {
    const narrow = digests.length + packages.length > 0;
    if (!narrow && repositories.length === 0) {
      context.addIssue({ code: 'custom', message: 'expected at least one of digests, repositories and packages' });
    }
    const all = repositories.indexOf('**');
    if (!narrow && all !== -1) {
      const message = 'expected a narrower pattern: an exception is not for every image';
      context.addIssue({ code: 'custom', path: ['repositories', all], message });
    }
  });

const target = z
  .strictObject({
    rules: listOf(
      z
        .string('expected POLICY/RULE or POLICY')
        .regex(/^[0-9A-Za-z][0-9A-Za-z._-]*(?:\/[0-9A-Za-z][0-9A-Za-z._-]*)?$/, {
          error: 'expected POLICY/RULE, or POLICY for all of its rules',
        }),
      'rules',
    ).optional(),
    findings: listOf(Words, 'findings').optional().describe('Ids or aliases of findings.'),
  })
  .superRefine(({ rules = [], findings = [] }, context) => {
    if (rules.length + findings.length === 0) {
      context.addIssue({ code: 'custom', message: 'expected at least one of rules and findings' });
    }
  });

export const exceptionDocument = z
  .strictObject({
    ...head('Exception'),
    scope: scope.describe('What it is for; all members that are there have to hold.'),
    for: target.describe('What is let pass. With both members the findings are left out for those rules only.'),
    environments: listOf(Name, 'names').optional().describe('Names of environments; all where it is not said.'),
    reason: Words,
    owner: Words.describe('Who sees to it that it ends.'),
    requester: Words,
    approver: Words.describe('Not the requester.'),
    ticket: Words,
    requested: Instant,
    expires: Instant.describe('From this instant on it does not count.'),
    justification: z.enum(JUSTIFICATIONS).optional().describe('Of OpenVEX: why the findings do not affect the image.'),
  })
  .superRefine((entry, context) => {
    if (sameName(entry.requester, entry.approver)) {
      context.addIssue({ code: 'custom', path: ['approver'], message: 'expected somebody else than the requester' });
    }
    if (!(Date.parse(entry.expires) > Date.parse(entry.requested))) {
      context.addIssue({ code: 'custom', path: ['expires'], message: 'expected a time after requested' });
    }
  });

const base = z.strictObject({
  name: Words,
  layers: z.array(DigestText).min(1, 'expected at least one layer').max(1024).describe('DiffIDs, lowest first.'),
  released: Instant,
  supersededAt: Instant.optional().describe('From when on another is to be used.'),
});

const pin = z.strictObject({
  package: PinnedPackage.describe('A package URL without a version, whose last segment may be `*`.'),
  from: listOf(Words, 'places')
    .min(1, 'expected at least one place')
    .describe('Prefixes of registries, download locations or repository_url qualifiers it may come from.'),
});

export const sourceDocument = z.strictObject({
  ...head('Source'),
  repositories: listOf(Pattern, 'patterns').optional().describe('Repositories that images may come from.'),
  bases: z.array(base).max(4096).optional().describe('Approved base images, by their layers.'),
  packages: z.array(pin).max(4096).optional().describe('Packages whose names are ours.'),
  acquire: acquireEntry
    .optional()
    .describe('How a server takes images from it; where it is not said the document only says what is allowed.'),
});

/** By kind, for editors. Documents of kind Trust are read by others. */
export const DOCUMENT_SCHEMAS = {
  Policy: policyDocument,
  Environment: environmentDocument,
  Exception: exceptionDocument,
  Source: sourceDocument,
} as const;

/** As far as the kind of a document is concerned. */
export const kindOfDocument = z.looseObject(
  {
    kind: z.enum(POLICY_KINDS),
  },
  'expected a document: a map with apiVersion, kind and metadata',
);

/** Whether two texts name one person, as far as texts can tell. */
function sameName(one: string, other: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  return plain(one) === plain(other);
}
