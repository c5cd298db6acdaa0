import { z } from 'zod';
import { ADVISED_STATES, SEVERITIES } from './advisory.ts';
import { EXPLAINED_ANSWERS, EXPLAINED_CHECKS, RANGE_EVENTS, STATEMENT_OUTCOMES } from './explanation.ts';
import { FINDING_STATES } from './finding.ts';
import { count, digest, instant, versionPart } from './schema-parts.ts';

/**
 * The published schema of what `scan --explain ID -o json` writes. Only tests and the documentation tool load this file;
 * `explanation-schema.test.ts` holds it together with the interfaces of `explanation.ts`.
 */
const text = z.string();
const answer = z
  .enum(EXPLAINED_ANSWERS)
  .describe(
    '`suppressed`: it would be a finding, and something speaks against it. `unknown`: it could not be compared.',
  );

const shard = z.strictObject({
  ecosystem: text.describe('Of the shard.'),
  provider: text.describe('The kind of feed.'),
  source: text.describe('The folder or URL that they came from.'),
  revision: digest.describe('Of the feed.'),
  count: count.describe('Advisories in it.'),
});

const comparison = z.strictObject({
  event: z.enum(RANGE_EVENTS).describe('What happens at the bound.'),
  bound: text.describe('A version; `0` in front of every one, `*` behind every one.'),
  order: z
    .enum(['<', '=', '>'])
    .nullable()
    .describe('The version of the package stands so to the bound; null where one of both is no version.'),
  reason: text.nullable().describe('Of what is no version, why.'),
});

const row = z.strictObject({
  state: z.enum(ADVISED_STATES).nullable().describe('What the source says of the versions in it, where that is known.'),
  status: text.nullable().describe('The word of the source.'),
  ranges: z
    .array(
      z.strictObject({
        type: z.enum(['ECOSYSTEM', 'SEMVER']).describe('Which order its versions have.'),
        affected: z.boolean().describe('Whether the version is in it.'),
        comparisons: z.array(comparison).describe('The version against each of its bounds.'),
      }),
    )
    .describe('Its ranges.'),
  listed: z
    .boolean()
    .nullable()
    .describe('Whether the version is listed; null where versions are not listed one by one.'),
});

const statement = z.strictObject({
  advisory: text.describe('The id of the record.'),
  ecosystem: text.describe('With its release.'),
  name: text.describe('By which the record knows the package: its own, or that of its source.'),
  version: text.describe('That was held against it.'),
  outcome: z.enum(STATEMENT_OUTCOMES).describe('`not-affected`: as the source says of this very version.'),
  reason: text.nullable().describe('Where the comparisons do not say it.'),
  fixedIn: text.nullable().describe('The version that repairs it.'),
  rows: z.array(row).describe('What it says, row by row.'),
});

const rating = z.strictObject({
  severity: z.enum(SEVERITIES).describe('In one scale of words.'),
  score: z.number().exactOptional().describe('CVSS base score.'),
  scale: text.describe('Of the source.'),
  vector: text.exactOptional().describe('CVSS.'),
  source: text.describe('The advisory that holds it.'),
});

const item = z.strictObject({
  purl: text.describe('Of the package.'),
  name: text.describe('Of the package.'),
  version: text.describe('Of the package.'),
  paths: z.array(text).describe('Where it is.'),
  answer,
  reasons: z.array(text).describe('In words.'),
  statements: z.array(statement).describe('What each record says of it.'),
  finding: z
    .strictObject({
      id: text.describe('Under which it is reported.'),
      severity: z.enum(SEVERITIES).describe('Of the finding.'),
      state: z.enum(FINDING_STATES).describe('Of the finding.'),
      fixedIn: text.nullable().describe('Of the finding.'),
      ratings: z.array(rating).describe('The first one gave the severity.'),
    })
    .nullable()
    .describe('Null where there is none, not even one that does not count.'),
  checks: z
    .array(
      z.strictObject({
        check: z.enum(EXPLAINED_CHECKS).describe('What could keep a finding from counting.'),
        suppresses: z.boolean().describe('Whether it does.'),
        text: text.describe('Why.'),
      }),
    )
    .describe('Empty where there is no finding.'),
});

export const explanationSchema = z
  .strictObject({
    schemaVersion: versionPart('1.0'),
    kind: z.literal('explanation').describe('Always this.'),
    id: text.describe('As it was asked.'),
    names: z.array(text).describe('The id, and every other name that records have for the same.'),
    image: z
      .strictObject({
        reference: text.describe('As it was asked.'),
        digest: digest.nullable().describe('Of the manifest.'),
        platform: text.nullable().describe('os/architecture[/variant].'),
      })
      .describe('What was scanned.'),
    answer,
    reasons: z.array(text).describe('In words, the decisive one first.'),
    packages: z.array(item).describe('Packages of the image that a record speaks of, or seems to.'),
    records: z
      .array(
        z.strictObject({
          id: text.describe('Of the record.'),
          shard: shard.describe('Where it is.'),
          asked: z.boolean().describe('False where the image has no packages of its ecosystem.'),
          modified: instant.describe('When it was last changed.'),
          withdrawn: instant.nullable().describe('When its source took it back; null where it did not.'),
          about: z.array(text).describe('Ecosystem and name of what it speaks of, at most ten.'),
        }),
      )
      .describe('The records that have the id or one of its names.'),
    asked: z.array(shard).describe('The advisories that the image was matched with.'),
  })
  .describe('Why an id is, or is not, among the findings of one image.');
