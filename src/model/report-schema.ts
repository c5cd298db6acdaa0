import { z } from 'zod';
import { evidenceEntry, evidenceProblem, trustInUse, verification } from './evidence-schema.ts';
import { reportVex, sourcedException } from './exception-schema.ts';
import { finding, lifecycleMembers, location, vulnerability } from './finding-schema.ts';
import { FAIL_LEVELS } from './gate.ts';
import { LIFECYCLE_STATUSES } from './lifecycle.ts';
import { CONFIDENCES, PACKAGE_TYPES } from './package.ts';
import { DECLARATION_SCOPES } from './report.ts';
import { count, digest, instant, toolPart, versionPart } from './schema-parts.ts';
import { UNKNOWN_KINDS } from './unknown.ts';
import { verdictSchema } from './verdict-schema.ts';

/**
 * The published schema of `-o json`. Only tests and the documentation tool load this file; programs use the interface
 * of `report.ts`, and `report-schema.test.ts` holds the two together at compile time.
 */
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
  released: z.iso
    .datetime()
    .exactOptional()
    .describe('When it was published, ISO 8601 UTC, where a lock file in the image says what its registry said.'),
  origin: z
    .string()
    .exactOptional()
    .describe('The URL that it was got from, as its installer says, without user, password and query.'),
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

const unknown = z.strictObject({
  kind: z
    .enum(UNKNOWN_KINDS)
    .describe('What kind of thing is not known. Each of them could hide a finding, but for `stale-signals`.'),
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
  repository: z.string().exactOptional().describe('`registry/path` in its usual spelling; absent for no registry.'),
  digest: digest.nullable().describe("The platform manifest's digest: the image's identity."),
  index: digest.exactOptional().describe('Of the index that it was chosen from; absent where there was none.'),
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
  ecosystem: z.string().describe('`Alpine`, `npm`; `KEV`, `EPSS`, `NVD`, `Lifecycle` for what has no packages.'),
  provider: z.string().describe('The kind of feed.'),
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
    schemaVersion: versionPart('2.2'),
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
    headers: z
      .array(vulnerability)
      .exactOptional()
      .describe('Vulnerabilities of kernel headers, whose code does not run in a container: does not count.'),
    lifecycle: z
      .array(
        z.strictObject({
          ...lifecycleMembers,
          package: z.string().nullable().describe('The `purl` of the runtime; null for the distribution.'),
          status: z.enum(LIFECYCLE_STATUSES).describe('At the time of the scan; `ending`: within 90 days.'),
        }),
      )
      .exactOptional()
      .describe('How long the distribution and the runtimes are supported; absent when nobody was asked.'),
    exceptions: z
      .array(sourcedException)
      .exactOptional()
      .describe('Findings that the gate passes over; absent when nobody excepts anything.'),
    vex: z
      .array(reportVex)
      .exactOptional()
      .describe('VEX documents that were given or are attested, and what each did; absent when there are none.'),
    unknowns: z.array(unknown).describe('What could not be read, verified or matched.'),
    advisories: z.array(advisories).describe('What was matched against, by ecosystem.'),
    allowUnverified: z
      .string()
      .exactOptional()
      .describe('Why content that could not be verified was read all the same; absent when that was not allowed.'),
    gate: gate.exactOptional().describe('The answer to `--fail-on`; absent when it was not asked.'),
    verdict: verdictSchema
      .exactOptional()
      .describe('What policy says in the environment that was named; absent when it was not asked.'),
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
