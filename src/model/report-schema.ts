import { z } from 'zod';

/**
 * The published schema of `-o json`. Only tests and the documentation tool load this file; programs use the interface
 * of `report.ts`, and `report-schema.test.ts` holds the two together at compile time.
 */
const digest = z
  .string()
  .regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/)
  .describe('Algorithm and lower-case hex.');
const instant = z.iso.datetime().describe('ISO 8601, UTC.');
const count = z.int().nonnegative();
const severity = z.enum(['critical', 'high', 'medium', 'low', 'none', 'unknown']);
const sourceKind = z.enum(['registry', 'oci', 'oci-archive', 'docker-archive', 'rootfs']);
const packageType = z.enum(['apk', 'deb', 'golang', 'npm', 'pypi']);

const location = z.strictObject({
  path: z.string().describe('Absolute, in the squashed view of the layers.'),
  layer: digest.nullable().describe('The diffID of the layer that holds the file.'),
});

const packageSource = z.strictObject({ name: z.string(), version: z.string() });

const packageEntry = z.strictObject({
  type: packageType.describe('The purl type.'),
  name: z.string(),
  version: z.string().describe('Empty when the source has none; an unknown then says so.'),
  purl: z.string(),
  source: packageSource.exactOptional().describe('The source package that distributions publish advisories for.'),
  architecture: z.string().exactOptional(),
  licenses: z.array(z.string()).describe('SPDX expressions or the licence texts of the source, as written.'),
  layer: digest.nullable().describe('The diffID of the layer that brought it in; null for a folder.'),
  locations: z.array(location).describe('The files that say it is there.'),
  cataloger: z.string().describe('What found it.'),
});

const rating = z.strictObject({
  severity,
  score: z.number().min(0).max(10).exactOptional(),
  scale: z.string().describe("CVSS_V2, CVSS_V3, CVSS_V4, or the source's own scale."),
  vector: z.string().exactOptional(),
  source: z.string().describe('The advisory that holds the rating.'),
});

const finding = z.strictObject({
  kind: z.literal('vulnerability'),
  id: z.string().describe("The CVE where one exists, else the advisory's own id."),
  aliases: z.array(z.string()).describe('Every other name of the same vulnerability, sorted.'),
  severity,
  score: z.number().min(0).max(10).exactOptional(),
  ratings: z.array(rating).describe('Every rating of the matched advisories; the first one gave `severity`.'),
  package: z.strictObject({
    purl: z.string(),
    name: z.string(),
    version: z.string(),
    source: z.string().exactOptional().describe('The name in the advisory, when that is the source package.'),
  }),
  locations: z.array(location),
  layer: digest.nullable(),
  fixedIn: z.string().exactOptional().describe('The lowest version that repairs it; absent when none is known.'),
  state: z.enum(['fixed', 'affected', 'will_not_fix', 'end_of_life']),
  title: z.string(),
  references: z.array(z.strictObject({ type: z.string(), url: z.string() })),
  advisories: z.array(z.string()).describe('Ids of the advisories that matched, sorted.'),
});

const unknown = z.strictObject({
  kind: z.enum([
    'integrity',
    'unreadable',
    'no-package-database',
    'version',
    'no-advisories',
    'stale-advisories',
    'incomplete-advisories',
  ]),
  path: z.string().nullable().describe('The file in the image; null when the whole image or the advisories are meant.'),
  layer: digest.nullable(),
  analyser: z.string(),
  reason: z.string(),
});

const layer = z.strictObject({
  index: count.describe('0 for the lowest.'),
  diffId: digest.nullable().describe('Of the uncompressed tar.'),
  digest: digest.nullable().describe('Of the bytes as stored.'),
  size: count.nullable().describe('Bytes as stored.'),
  createdBy: z.string().nullable().describe('The line of the image history that made it.'),
});

const config = z.strictObject({
  created: z.string().exactOptional(),
  author: z.string().exactOptional(),
  user: z.string().exactOptional(),
  env: z.array(z.string()),
  entrypoint: z.array(z.string()),
  cmd: z.array(z.string()),
  workingDir: z.string().exactOptional(),
  exposedPorts: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
});

const image = z.strictObject({
  reference: z.string().describe('As the user wrote it, with its scheme.'),
  source: sourceKind,
  digest: digest.nullable().describe("The platform manifest's digest: the image's identity."),
  id: digest.nullable().describe('The digest of the config, which Docker calls the image id.'),
  platform: z.string().nullable().describe('os/architecture[/variant].'),
  platforms: z.array(z.string()).describe('What the index offered; empty without an index.'),
  layers: z.array(layer).describe('Lowest first.'),
  config: config.nullable(),
});

const osRelease = z.strictObject({
  id: z.string(),
  versionId: z.string().exactOptional(),
  versionCodename: z.string().exactOptional(),
  idLike: z.array(z.string()),
  name: z.string().exactOptional(),
  prettyName: z.string().exactOptional(),
});

const advisories = z.strictObject({
  ecosystem: z.string(),
  source: z.string().describe('The folder or URL they came from.'),
  revision: digest.describe("The digest of the feed's archive."),
  count,
  rejected: count.describe('Records of the feed that could not be read.'),
  newest: instant.nullable().describe('When the newest advisory was last modified; null for an empty feed.'),
  checked: instant.describe('When the feed was last fetched or found unchanged.'),
  stale: z.boolean().describe('True when the newest advisory is too old to stand for today.'),
});

export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal('1.0'),
    kind: z.enum(['scan', 'inventory']).describe('`inventory`: nothing was matched, nobody looked for findings.'),
    tool: z.strictObject({ name: z.literal('plimsoll'), version: z.string() }),
    image,
    os: osRelease.nullable().describe('The distribution, from os-release.'),
    content: z.enum(['read', 'cached']).describe('`cached`: the facts of every layer were at hand.'),
    files: count.describe('Regular files in the squashed view.'),
    packages: z.array(packageEntry),
    findings: z.array(finding),
    hiddenFindings: count.describe('Findings that `--severity` left out.'),
    unknowns: z.array(unknown).describe('What could not be read, verified or matched.'),
    advisories: z.array(advisories).describe('What was matched against, by ecosystem.'),
    evidence: z.array(z.never()).describe('Verified statements about the image; empty in schema 1.0.'),
  })
  .describe('What plimsoll says of one image of one platform.');
