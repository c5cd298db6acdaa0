import { z } from 'zod';
import { FINDING_STATES, SBOM_DIFFERENCES } from './finding.ts';
import { CONFIDENCES } from './package.ts';
import { RISK_PARTS } from './risk.ts';
import { count, digest, instant } from './schema-parts.ts';

/** The part of the published schema of `-o json` that describes findings; see `report-schema.ts`. */
const severity = z.enum(['critical', 'high', 'medium', 'low', 'none', 'unknown']);

export const location = z.strictObject({
  path: z.string().describe('Absolute, in the squashed view of the layers.'),
  within: z.string().exactOptional().describe('The archive inside that file, `!/` before each one in another.'),
  layer: digest.nullable().describe('The diffID of the layer that holds the file.'),
  ownedBy: z.string().exactOptional().describe('The `purl` of the OS package that the file belongs to.'),
});

const rating = z.strictObject({
  severity: severity.describe('In the words that all sources are mapped to.'),
  score: z.number().min(0).max(10).exactOptional().describe('CVSS base score.'),
  scale: z.string().describe("CVSS_V2, CVSS_V3, CVSS_V4, or the source's own scale."),
  vector: z.string().exactOptional().describe('The CVSS vector.'),
  source: z.string().describe('The advisory that holds the rating, or who gave it, as the NVD says.'),
});

const day = z.iso.date();

const signal = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('epss').describe('How likely it is exploited within 30 days (FIRST EPSS).'),
    probability: z.number().min(0).max(1).describe('0 to 1.'),
    percentile: z.number().min(0).max(1).describe('The share of all vulnerabilities that score the same or lower.'),
    date: day.describe('The day of the scores.'),
  }),
  z.strictObject({
    kind: z.literal('known-exploited').describe('Somebody has seen it exploited.'),
    catalogue: z.string().describe('Who keeps the catalogue.'),
    added: day.describe('When it came in.'),
    due: day.nullable().describe('By when agencies have to act; null when it is not said.'),
    ransomware: z.boolean().describe('Known to be used in ransomware campaigns.'),
  }),
]);

const risk = z.strictObject({
  score: z.number().min(0).max(100).describe('How urgent it is, with one decimal.'),
  parts: z
    .array(
      z.strictObject({
        name: z.enum(RISK_PARTS).describe('Which input of the formula.'),
        value: z.number().min(0).describe('The factor that went into it.'),
        from: z.string().describe('Where it is from.'),
      }),
    )
    .describe('What the score was made from.'),
});

export const lifecycleMembers = {
  product: z.string().describe('By the name that the source gives it.'),
  release: z.string().describe("As the product's versions begin."),
  codename: z.string().nullable().describe('Null when it has none.'),
  released: day.nullable().describe('Null when the source does not say.'),
  endOfLife: day.nullable().describe('The last day of support by who makes it; null: none is set.'),
  extendedUntil: day.nullable().describe('The last day of support that is bought, or given by others.'),
  ended: z.boolean().describe('The source says that support has ended and not when.'),
  latest: z.string().nullable().describe('The newest version of this release.'),
};

export const vulnerability = z.strictObject({
  kind: z.literal('vulnerability').describe('What was found.'),
  id: z.string().describe("The CVE where one exists, else the advisory's own id."),
  aliases: z.array(z.string()).describe('Every other name of the same vulnerability, sorted.'),
  severity: severity.describe('`unknown`: nobody has rated it.'),
  score: z.number().min(0).max(10).exactOptional().describe('The CVSS base score, where there is one.'),
  ratings: z.array(rating).describe('Of the matched advisories, then of the NVD; the first one gave `severity`.'),
  package: z
    .strictObject({
      purl: z.string().describe('The `purl` of an item of `packages`.'),
      name: z.string().describe('Its name.'),
      version: z.string().describe('Its version.'),
      source: z.string().exactOptional().describe('The name in the advisory, when that is the source package.'),
      confidence: z.enum(CONFIDENCES).exactOptional().describe('As the package has it.'),
    })
    .describe('The package version that has it.'),
  locations: z.array(location).describe('Where that package is.'),
  layer: digest.nullable().describe('The diffID of the layer that brought it in.'),
  fixedIn: z.string().exactOptional().describe('The lowest version that repairs it; absent when none is known.'),
  state: z
    .enum(FINDING_STATES)
    .describe(
      '`fixed`: a version without it exists; `affected`: none is known; the others are the word of the source.',
    ),
  published: instant
    .exactOptional()
    .describe('When it became known: the earliest that the matched advisories say; absent where none does.'),
  title: z.string().describe('One line of the advisory; may be empty.'),
  references: z
    .array(
      z.strictObject({
        type: z.string().describe('As OSV has it: `ADVISORY`, `FIX`, `WEB` and so on.'),
        url: z.string().describe('As the advisory has it; not checked.'),
      }),
    )
    .describe('Where to read on.'),
  advisories: z.array(z.string()).describe('Ids of the advisories that matched, sorted.'),
  malicious: z.literal(true).exactOptional().describe('The package was made to do harm.'),
  informational: z.string().exactOptional().describe('For information only: `unmaintained`, `unsound`, `notice`.'),
  signals: z.array(signal).exactOptional().describe('What is known of its exploitation; absent when nothing is.'),
  risk: risk.exactOptional().describe('How urgent it is; absent when nothing was ranked.'),
});

const sbomMismatch = z.strictObject({
  kind: z.literal('sbom-mismatch').describe('What an SBOM document declares and what is in the image differ.'),
  id: z.string().describe('`sbom-mismatch/` and the difference.'),
  severity: severity.describe('`unknown` when a trusted signer vouches for the document, else `low`.'),
  difference: z
    .enum(SBOM_DIFFERENCES)
    .describe(
      '`absent`: declared and not there; `undeclared`: there and not declared; `version`: declared with another one; `hash`: a file with another content.',
    ),
  package: z
    .strictObject({
      purl: z.string().describe('As in the image, or as declared when it is not there; empty for a file.'),
      name: z.string().describe('Its name; the path of a file.'),
      version: z.string().describe('Its version; empty for a file.'),
      source: z.string().exactOptional().describe('The name of the source package.'),
      confidence: z.enum(CONFIDENCES).exactOptional().describe('As the package has it.'),
    })
    .describe('What differs.'),
  locations: z.array(location).describe('Where that is; empty when it is not in the image.'),
  layer: digest.nullable().describe('The diffID of the layer that brought it in.'),
  title: z.string().describe('What was declared and what was found.'),
  declared: z.string().nullable().describe('The version or digest that the document has; null when it has none.'),
  found: z.string().nullable().describe('The version or digest in the image; null when it is not there.'),
  document: count.describe('Which document: an index into `declarations`.'),
});

const endOfLife = z.strictObject({
  kind: z.literal('end-of-life').describe('Past its end of life: nobody repairs what becomes known.'),
  id: z.string().describe('`end-of-life/`, the product, a dash and its release.'),
  severity: severity.describe('As the documentation says.'),
  package: z
    .strictObject({
      purl: z.string().describe('Of the runtime; empty for the distribution.'),
      name: z.string().describe('Its name.'),
      version: z.string().describe('Its version.'),
      source: z.string().exactOptional().describe('The name of the source package.'),
      confidence: z.enum(CONFIDENCES).exactOptional().describe('As the package has it.'),
    })
    .describe('What is past its end of life.'),
  locations: z.array(location).describe('Where that is.'),
  layer: digest.nullable().describe('The diffID of the layer that brought it in.'),
  title: z.string().describe('Since when.'),
  lifecycle: z.strictObject(lifecycleMembers).describe('What the source of the dates says.'),
});

export const finding = z.discriminatedUnion('kind', [vulnerability, sbomMismatch, endOfLife]);
