import { z } from 'zod';
import { evidenceEntry, evidenceProblem, trustInUse, verification } from './evidence-schema.ts';
import { exception } from './exception-schema.ts';
import { SBOM_DIFFERENCES } from './finding.ts';
import { FAIL_LEVELS } from './gate.ts';
import { CONFIDENCES, PACKAGE_TYPES } from './package.ts';
import { DECLARATION_SCOPES } from './report.ts';
import { count, digest, instant, toolPart, versionPart } from './schema-parts.ts';
import { UNKNOWN_KINDS } from './unknown.ts';

/**
 * The published schema of `-o json`. Only tests and the documentation tool load this file; programs use the interface
 * of `report.ts`, and `report-schema.test.ts` holds the two together at compile time.
 */
const severity = z.enum(['critical', 'high', 'medium', 'low', 'none', 'unknown']);
const sourceKind = z.enum([
  'registry',
  'oci',
  'oci-archive',
  'docker-archive',
  'rootfs',
  'docker',
  'podman',
  'containerd',
  'sbom',
]);
const packageType = z.enum(PACKAGE_TYPES);

const location = z.strictObject({
  path: z.string().describe('Absolute, in the squashed view of the layers.'),
  within: z.string().exactOptional().describe('The archive inside that file, `!/` before each one in another.'),
  layer: digest.nullable().describe('The diffID of the layer that holds the file.'),
  ownedBy: z.string().exactOptional().describe('The `purl` of the OS package that the file belongs to.'),
});

const packageSource = z.strictObject({
  name: z.string().describe("The source package's name."),
  version: z.string().describe('Its version, which may differ from that of the package.'),
});

const packageEntry = z.strictObject({
  type: packageType.describe('The purl type.'),
  name: z.string().describe('As the ecosystem writes it.'),
  version: z.string().describe('Empty when the source has none; an unknown then says so.'),
  purl: z.string().describe('The package URL.'),
  source: packageSource.exactOptional().describe('The source package that distributions publish advisories for.'),
  architecture: z.string().exactOptional().describe('As the package database writes it.'),
  vendor: z.string().exactOptional().describe('Who made it, as the package database says.'),
  module: z.string().exactOptional().describe('The module stream of an rpm: `name:stream:version:context`.'),
  thirdParty: z
    .string()
    .exactOptional()
    .describe('The vendor, where that is not the distribution: its advisories do not speak for the package.'),
  dependsOn: z
    .array(z.string())
    .exactOptional()
    .describe('The `purl` of each package of its database that it needs; what it needs and is not there is left out.'),
  hashes: z
    .array(
      z.strictObject({
        algorithm: z.string().describe('`sha256`, `sha1`, `md5`, `sha3-256` and so on.'),
        value: z.string().describe('Hex, lower case.'),
      }),
    )
    .exactOptional()
    .describe('Of the package as a whole, where a document in place of the image declares them.'),
  licenses: z.array(z.string()).describe('SPDX expressions or the licence texts of the source, as written.'),
  confidence: z
    .enum(CONFIDENCES)
    .exactOptional()
    .describe('`declared` by a lock file or manifest, `inferred` from bytes or a name; absent for what is installed.'),
  cpe: z.string().exactOptional().describe('CPE 2.3, where one is certain.'),
  layer: digest.nullable().describe('The diffID of the layer that brought it in; null for a folder.'),
  locations: z.array(location).describe('The files that say it is there.'),
  cataloger: z.string().describe('What found it.'),
});

const build = z.strictObject({
  path: z.string().describe('Absolute, in the squashed view of the layers.'),
  layer: digest.nullable().describe('The diffID of the layer that it is about.'),
  contentSets: z.array(z.string()).exactOptional().describe('Repositories that packages of the layer may be of.'),
  labels: z
    .strictObject({
      component: z.string().exactOptional().describe('`com.redhat.component`.'),
      name: z.string().exactOptional().describe('The repository of the image.'),
      version: z.string().exactOptional().describe('`version`.'),
      release: z.string().exactOptional().describe('`release`.'),
      architecture: z.string().exactOptional().describe('`architecture`.'),
      cpe: z.string().exactOptional().describe('The product by which advisories name it.'),
    })
    .exactOptional()
    .describe('Of the image that the layer was built for.'),
});

const rating = z.strictObject({
  severity: severity.describe('In the words that all sources are mapped to.'),
  score: z.number().min(0).max(10).exactOptional().describe('CVSS base score.'),
  scale: z.string().describe("CVSS_V2, CVSS_V3, CVSS_V4, or the source's own scale."),
  vector: z.string().exactOptional().describe('The CVSS vector.'),
  source: z.string().describe('The advisory that holds the rating.'),
});

const vulnerability = z.strictObject({
  kind: z.literal('vulnerability').describe('What was found.'),
  id: z.string().describe("The CVE where one exists, else the advisory's own id."),
  aliases: z.array(z.string()).describe('Every other name of the same vulnerability, sorted.'),
  severity: severity.describe('`unknown`: nobody has rated it.'),
  score: z.number().min(0).max(10).exactOptional().describe('The CVSS base score, where there is one.'),
  ratings: z.array(rating).describe('Every rating of the matched advisories; the first one gave `severity`.'),
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
    .enum(['fixed', 'affected', 'will_not_fix', 'end_of_life'])
    .describe(
      '`fixed`: a version without it exists; `affected`: none is known; the others are the word of the source.',
    ),
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

const finding = z.discriminatedUnion('kind', [vulnerability, sbomMismatch]);

const unknown = z.strictObject({
  kind: z.enum(UNKNOWN_KINDS).describe('What kind of thing is not known. Each of them could hide a finding.'),
  path: z.string().nullable().describe('The file in the image; null when the whole image or the advisories are meant.'),
  layer: digest.nullable().describe('The diffID of the layer; null when no single one is meant.'),
  analyser: z.string().describe('What gave up: a cataloger, or a step such as `match`.'),
  ownedBy: z.string().exactOptional().describe('The `purl` of the OS package that the file belongs to.'),
  reason: z.string().describe('What was expected and what was found.'),
});

const layer = z.strictObject({
  index: count.describe('0 for the lowest.'),
  diffId: digest.nullable().describe('Of the uncompressed tar.'),
  digest: digest.nullable().describe('Of the bytes as stored.'),
  size: count.nullable().describe('Bytes as stored.'),
  createdBy: z.string().nullable().describe('The line of the image history that made it.'),
});

const config = z.strictObject({
  created: z.string().exactOptional().describe('When the image says it was made, as written.'),
  author: z.string().exactOptional().describe('Who the image says made it.'),
  user: z.string().exactOptional().describe('Whom its process runs as; absent means root.'),
  env: z.array(z.string()).describe('`NAME=value` each.'),
  entrypoint: z.array(z.string()).describe('The command and its first arguments.'),
  cmd: z.array(z.string()).describe('Further arguments, or the command when there is no entrypoint.'),
  workingDir: z.string().exactOptional().describe('Where the process starts.'),
  exposedPorts: z.array(z.string()).describe('`PORT/PROTOCOL` each.'),
  labels: z.record(z.string(), z.string()).describe('As written.'),
});

const image = z.strictObject({
  reference: z.string().describe('As the user wrote it, with its scheme.'),
  source: sourceKind.describe('Where the image was read from.'),
  digest: digest.nullable().describe("The platform manifest's digest: the image's identity."),
  id: digest.nullable().describe('The digest of the config, which Docker calls the image id.'),
  platform: z.string().nullable().describe('os/architecture[/variant].'),
  platforms: z.array(z.string()).describe('What the index offered; empty without an index.'),
  layers: z.array(layer).describe('Lowest first.'),
  config: config.nullable().describe('What the image config says of running it; null for a rootfs.'),
});

const declaredBy = z.strictObject({
  format: z.enum(['cyclonedx', 'spdx', 'syft']).describe('The format that it is written in.'),
  version: z.string().describe("Of the format's specification."),
  wrapping: z
    .enum(['none', 'in-toto-statement', 'dsse-envelope'])
    .describe('What it was taken out of. A signature of an envelope was not looked at.'),
  name: z.string().nullable().describe('Its own name.'),
  id: z.string().nullable().describe('Its serial number or namespace.'),
  created: z.string().nullable().describe('When it says it was made, as written.'),
  tools: z.array(z.string()).describe('What says it made it.'),
  image: z.string().nullable().describe('What it says it is about.'),
  statedSubjects: z.array(digest).describe('What an in-toto statement around it says it is about.'),
  components: count.describe('What it lists, but for the image, its operating system and files.'),
});

const declaration = z.strictObject({
  from: z.enum(['attestation', 'file']).describe('Attested on the image or its index, or a file in it.'),
  path: z.string().nullable().describe('The file in the image; null for an attestation.'),
  layer: digest.nullable().describe('The diffID of the layer that holds the file; null for an attestation.'),
  attachment: digest.nullable().describe('The manifest that holds the attestation; null for a file.'),
  blob: digest.nullable().describe('The blob in it; null for a file.'),
  trusted: z.boolean().describe('Whether a signature over it was accepted for a signer of the trust configuration.'),
  document: declaredBy
    .pick({ format: true, version: true, name: true, id: true, created: true, tools: true, components: true })
    .describe('What the document says of itself.'),
  scope: z
    .enum(DECLARATION_SCOPES)
    .describe(
      'What it speaks for: all of this image, all images of an index, a part that it lists, or a stage of the build, which is compared with nothing.',
    ),
  types: z.array(packageType).describe('Packages of these types it is to list all of; empty for a part.'),
  compared: count.describe('Declared packages that could be compared.'),
  comparedFiles: count.describe('Declared files whose content could be compared.'),
  mismatches: count.describe('All of them, those that are too many to be findings of their own included.'),
});

const osRelease = z.strictObject({
  id: z.string().describe('`ID`; empty when the file has none.'),
  versionId: z.string().exactOptional().describe('`VERSION_ID`.'),
  versionCodename: z.string().exactOptional().describe('`VERSION_CODENAME`.'),
  idLike: z.array(z.string()).describe('The words of `ID_LIKE`.'),
  name: z.string().exactOptional().describe('`NAME`.'),
  prettyName: z.string().exactOptional().describe('`PRETTY_NAME`.'),
  rolling: z
    .string()
    .exactOptional()
    .describe('What it calls a release without a number, or one that is still being made: `edge`, `testing/sid`.'),
});

const advisories = z.strictObject({
  ecosystem: z.string().describe('Without suffix: `Alpine`, `npm`.'),
  source: z.string().describe('The folder or URL they came from.'),
  revision: digest.describe("The digest of the feed's archive."),
  count: count.describe('Advisories in the feed.'),
  rejected: count.describe('Records of the feed that could not be read.'),
  newest: instant.nullable().describe('When the newest advisory was last modified; null for an empty feed.'),
  checked: instant.describe('When the feed was last fetched or found unchanged.'),
  stale: z.boolean().describe('True when the newest advisory is too old to stand for today.'),
});

const gate = z.strictObject({
  failOn: z.enum(FAIL_LEVELS).describe('The level that was asked for.'),
  outcome: z
    .enum(['passed', 'refused', 'unknown'])
    .describe('`unknown`: nothing refuses the image, but something that could hide a finding is not known.'),
  reasons: z.array(z.string()).describe('Why, the decisive reason first.'),
  allowUnknown: z.string().exactOptional().describe('Why unknowns were let pass, in the words of who let them.'),
});

export const reportSchema = z
  .strictObject({
    schemaVersion: versionPart('2.0'),
    kind: z.enum(['scan', 'inventory']).describe('`inventory`: nothing was matched, nobody looked for findings.'),
    tool: toolPart,
    image: image.describe('What was looked at.'),
    os: osRelease.nullable().describe('The distribution, from os-release or the files that were there before it.'),
    content: z
      .enum(['read', 'cached', 'declared'])
      .describe(
        '`cached`: the facts of every layer were at hand; `declared`: what a document says, not compared with anything.',
      ),
    sbom: declaredBy.exactOptional().describe('The document that all of it is from; absent when content was read.'),
    files: count.nullable().describe('Regular files in the squashed view; null when nobody counted.'),
    executables: z
      .strictObject({
        total: count.describe('With an execute bit, or ELF binaries and scripts.'),
        owned: count.describe('Those that belong to OS packages.'),
      })
      .nullable()
      .describe('Regular files that can be run; null when nobody counted.'),
    programs: z
      .array(
        z.strictObject({
          path: z.string().describe('Absolute, in the squashed view of the layers.'),
          layer: digest.nullable().describe('The diffID of the layer that holds it.'),
          digest: digest.describe('Of its content.'),
        }),
      )
      .exactOptional()
      .describe('The executables; absent when `--files` did not ask for them.'),
    packages: z.array(packageEntry).describe('What is in the image.'),
    builds: z
      .array(build)
      .exactOptional()
      .describe('What build systems left in the layers; absent when there is nothing.'),
    findings: z.array(finding).describe('What is known to be wrong with it.'),
    hiddenFindings: count.describe('Findings that `--severity` left out.'),
    covered: z
      .strictObject({
        findings: z.array(vulnerability).describe('What language advisories say.'),
        unknowns: z.array(unknown).describe('What could not be read or matched of them.'),
      })
      .describe('Of files that belong to OS packages which the advisories of the distribution know: does not count.'),
    exceptions: z
      .array(exception)
      .exactOptional()
      .describe('Findings that the gate passes over; absent when nobody excepts anything.'),
    unknowns: z.array(unknown).describe('What could not be read, verified or matched.'),
    advisories: z.array(advisories).describe('What was matched against, by ecosystem.'),
    allowUnverified: z
      .string()
      .exactOptional()
      .describe('Why content that could not be verified was read all the same; absent when that was not allowed.'),
    gate: gate.exactOptional().describe('The answer to `--fail-on`; absent when it was not asked.'),
    evidence: z.array(evidenceEntry).describe('What hangs on the image and its index, trusted or not.'),
    trust: z
      .strictObject({
        configuration: trustInUse.nullable().describe('What was judged by; null trusts nobody.'),
        verification: verification.nullable().describe('The answer; null without a configuration.'),
        problems: z.array(evidenceProblem).describe('What could not be read, and may hold evidence.'),
        notLookedAt: z.string().nullable().describe('Why nobody could look; null when somebody could.'),
      })
      .exactOptional()
      .describe('How what hangs on the image was judged; absent when it was not looked for.'),
    declarations: z
      .array(declaration)
      .exactOptional()
      .describe('SBOM documents that the image was compared with; absent when there are none.'),
  })
  .describe('What plimsoll says of one image of one platform.');
