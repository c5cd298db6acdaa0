import fc from 'fast-check';
import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Rating } from '#model/advisory.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { ExceptionSource } from '#model/exception.ts';
import {
  FINDING_STATES,
  type Finding,
  isVulnerability,
  SBOM_DIFFERENCES,
  type SbomMismatch,
  type Vulnerability,
} from '#model/finding.ts';
import type { Gate } from '#model/gate.ts';
import { FAIL_LEVELS } from '#model/gate.ts';
import { CONFIDENCES, type OsRelease, PACKAGE_TYPES, type Package } from '#model/package.ts';
import { packagePurl, parsePurl } from '#model/purl.ts';
import {
  DECLARATION_SCOPES,
  type Declaration,
  type Report,
  type ReportAdvisories,
  type ReportConfig,
  type ReportImage,
  type ReportVex,
} from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';

/** What steers a terminal, reorders a line, breaks a format, or is simply long. */
const HOSTILE = [
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  'a\r\nb\tc\u0000',
  '\u202eevil\u2066',
  '\ud800',
  '\u200b\u00ad\u2028\u{e0041}\u3164',
  '名前がとても長いパッケージ'.repeat(20),
  'x'.repeat(3000),
  'e\u0301'.repeat(100),
  '[link](https://example.org) {0} <b>& "quoted" \\',
  '__proto__',
  '',
] as const;

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(...HOSTILE),
);
const layers: readonly Digest[] = [digestOf('a'), digestOf('b'), digestOf('c')];
const layer = fc.option(fc.constantFrom(...layers), { nil: null });
const instant = fc
  .date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((d) => d.toISOString());
const score = fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10);
const severity = fc.constantFrom(...SEVERITIES);
const location = fc.record({ path: text, layer, ownedBy: text }, { requiredKeys: ['path', 'layer'] });
const few = { maxLength: 3 } as const;

const rating: fc.Arbitrary<Rating> = fc.record(
  { severity, score, scale: fc.constantFrom('CVSS_V2', 'CVSS_V3', 'CVSS_V4', 'npm'), vector: text, source: text },
  { requiredKeys: ['severity', 'scale', 'source'] },
);

const packageEntry: fc.Arbitrary<Package> = fc.record(
  {
    type: fc.constantFrom(...PACKAGE_TYPES),
    name: text,
    version: text,
    purl: text,
    source: fc.record({ name: text, version: text }),
    architecture: text,
    vendor: text,
    module: text,
    thirdParty: text,
    licenses: fc.array(fc.oneof(text, fc.constantFrom('MIT', 'MIT OR Apache-2.0', 'GPL-2.0+')), few),
    confidence: fc.constantFrom(...CONFIDENCES),
    cpe: text,
    layer,
    locations: fc.array(location, few),
    cataloger: text,
  },
  { requiredKeys: ['type', 'name', 'version', 'purl', 'licenses', 'layer', 'locations', 'cataloger'] },
);

const vulnerability: fc.Arbitrary<Vulnerability> = fc.record(
  {
    kind: fc.constant('vulnerability'),
    id: text,
    aliases: fc.array(text, few),
    severity,
    score,
    ratings: fc.array(rating, few),
    package: fc.record(
      { purl: text, name: text, version: text, source: text, confidence: fc.constantFrom(...CONFIDENCES) },
      { requiredKeys: ['purl', 'name', 'version'] },
    ),
    locations: fc.array(location, few),
    layer,
    fixedIn: text,
    state: fc.constantFrom(...FINDING_STATES),
    title: text,
    references: fc.array(fc.record({ type: text, url: fc.oneof(text, fc.webUrl({ withQueryParameters: true })) }), few),
    advisories: fc.array(text, few),
    malicious: fc.constant(true),
    informational: text,
  },
  {
    requiredKeys: [
      'kind',
      'id',
      'aliases',
      'severity',
      'ratings',
      'package',
      'locations',
      'layer',
      'state',
      'title',
      'references',
      'advisories',
    ],
  },
);

const unknown: fc.Arbitrary<Unknown> = fc.record(
  {
    kind: fc.constantFrom(
      'integrity',
      'unreadable',
      'no-package-database',
      'version',
      'no-advisories',
      'stale-advisories',
      'incomplete-advisories',
    ),
    path: fc.option(text, { nil: null }),
    layer,
    analyser: text,
    ownedBy: text,
    reason: text,
  },
  { requiredKeys: ['kind', 'path', 'layer', 'analyser', 'reason'] },
);

const advisories: fc.Arbitrary<ReportAdvisories> = fc.record({
  ecosystem: text,
  provider: text,
  source: text,
  revision: fc.constant(digestOf('feed')),
  count: fc.nat(100_000),
  rejected: fc.nat(3),
  newest: fc.option(instant, { nil: null }),
  checked: instant,
  stale: fc.boolean(),
});

const mismatch: fc.Arbitrary<SbomMismatch> = fc
  .record({
    severity: fc.constantFrom('unknown', 'low'),
    difference: fc.constantFrom(...SBOM_DIFFERENCES),
    package: fc.record({ purl: text, name: text, version: text }),
    locations: fc.array(location, few),
    layer,
    title: text,
    declared: fc.option(text, { nil: null }),
    found: fc.option(text, { nil: null }),
    document: fc.nat(3),
  })
  .map((item) => ({ kind: 'sbom-mismatch', id: `sbom-mismatch/${item.difference}`, ...item }));

const finding: fc.Arbitrary<Finding> = fc.oneof({ weight: 4, arbitrary: vulnerability }, mismatch);

const declaration: fc.Arbitrary<Declaration> = fc.record({
  from: fc.constantFrom('attestation', 'file'),
  path: fc.option(text, { nil: null }),
  layer,
  attachment: layer,
  blob: layer,
  trusted: fc.boolean(),
  document: fc.record({
    format: fc.constantFrom('cyclonedx', 'spdx', 'syft'),
    version: text,
    name: fc.option(text, { nil: null }),
    id: fc.option(text, { nil: null }),
    created: fc.option(text, { nil: null }),
    tools: fc.array(text, few),
    components: fc.nat(),
  }),
  scope: fc.constantFrom(...DECLARATION_SCOPES),
  types: fc.array(fc.constantFrom(...PACKAGE_TYPES), few),
  compared: fc.nat(),
  comparedFiles: fc.nat(),
  mismatches: fc.nat(),
});

const config: fc.Arbitrary<ReportConfig> = fc.record(
  {
    created: text,
    author: text,
    user: text,
    env: fc.array(text, few),
    entrypoint: fc.array(text, few),
    cmd: fc.array(text, few),
    workingDir: text,
    exposedPorts: fc.array(text, few),
    labels: fc.dictionary(text, text, { maxKeys: 3 }),
  },
  { requiredKeys: ['env', 'entrypoint', 'cmd', 'exposedPorts', 'labels'] },
);

const image: fc.Arbitrary<ReportImage> = fc.record({
  reference: text,
  source: fc.constantFrom('registry', 'oci', 'oci-archive', 'docker-archive', 'rootfs'),
  digest: fc.option(fc.constant(digestOf('manifest')), { nil: null }),
  id: fc.option(fc.constant(digestOf('config', 'sha512')), { nil: null }),
  platform: fc.option(text, { nil: null }),
  platforms: fc.array(text, few),
  layers: fc
    .array(fc.record({ size: fc.option(fc.nat(), { nil: null }), createdBy: fc.option(text, { nil: null }) }), few)
    .map((items) => items.map((item, index) => ({ index, diffId: layers[index] ?? null, digest: null, ...item }))),
  config: fc.option(config, { nil: null }),
});

const os: fc.Arbitrary<OsRelease> = fc.record(
  {
    id: text,
    versionId: text,
    versionCodename: text,
    idLike: fc.array(text, few),
    name: text,
    prettyName: text,
    rolling: text,
  },
  { requiredKeys: ['id', 'idLike'] },
);

const gate: fc.Arbitrary<Gate> = fc.record(
  {
    failOn: fc.constantFrom(...FAIL_LEVELS),
    outcome: fc.constantFrom('passed', 'refused', 'unknown'),
    reasons: fc.array(text, few),
    allowUnknown: text,
  },
  { requiredKeys: ['failOn', 'outcome', 'reasons'] },
);

const required: fc.Arbitrary<Report> = fc.record({
  schemaVersion: fc.constant('2.2'),
  kind: fc.constantFrom('scan', 'inventory'),
  tool: fc.constant({ name: 'plimsoll', version: '0.1.0' }),
  image,
  os: fc.option(os, { nil: null }),
  content: fc.constantFrom('read', 'cached'),
  files: fc.nat(),
  executables: fc.record({ total: fc.nat(), owned: fc.nat() }),
  packages: fc.array(packageEntry, { maxLength: 6 }),
  findings: fc.array(finding, { maxLength: 6 }),
  hiddenFindings: fc.nat(3),
  covered: fc.record({ findings: fc.array(vulnerability, few), unknowns: fc.array(unknown, few) }),
  unknowns: fc.array(unknown, { maxLength: 4 }),
  advisories: fc.array(advisories, few),
  evidence: fc.constant([]),
});

const vexSource: fc.Arbitrary<ExceptionSource> = fc.record({
  kind: fc.constantFrom('file', 'attestation'),
  name: text,
  digest: fc.constantFrom(...layers),
});

const exceptionWords = fc.record({
  status: fc.constantFrom('not_affected', 'fixed'),
  justification: fc.option(text, { nil: null }),
  explanation: fc.option(text, { nil: null }),
  author: text,
  document: text,
  from: vexSource,
  since: fc.option(instant, { nil: null }),
  expires: fc.constant(null),
});

const vexDocument: fc.Arbitrary<ReportVex> = fc.record({
  from: vexSource,
  format: fc.option(fc.constantFrom('csaf', 'cyclonedx', 'openvex'), { nil: null }),
  id: fc.option(text, { nil: null }),
  author: fc.option(text, { nil: null }),
  passedOver: fc.option(text, { nil: null }),
  statements: fc.nat(9),
  excepted: fc.nat(9),
  idle: fc.nat(9),
  reasons: fc.array(text, few),
});

type VexOf = typeof vex extends fc.Arbitrary<infer Value> ? Value : never;

/** Some of its vulnerabilities are excepted. */
const vex = fc.record({
  words: fc.array(exceptionWords, { minLength: 1, maxLength: 3 }),
  documents: fc.array(vexDocument, few),
});

function exceptedBy(report: Report, { words, documents }: VexOf): Partial<Report> {
  const vulnerabilities = report.findings.filter(isVulnerability);
  const exceptions = words.flatMap((one, index) => {
    const found = vulnerabilities[index];
    return found === undefined ? [] : [{ ...one, finding: found.id, package: found.package.purl }];
  });
  return { exceptions, vex: documents };
}

/** Reports of the right shape with hostile text in every place that takes text. */
export const arbitraryReport: fc.Arbitrary<Report> = fc
  .tuple(
    required,
    fc.option(gate, { nil: null }),
    fc.option(fc.array(declaration, few), { nil: null }),
    fc.option(vex, { nil: null }),
    fc.array(vulnerability, few),
  )
  .map(([report, answer, declarations, said, headers]) => ({
    ...report,
    ...(headers.length === 0 ? {} : { headers }),
    ...(answer === null ? {} : { gate: answer }),
    ...(declarations === null ? {} : { declarations }),
    ...(said === null ? {} : exceptedBy(report, said)),
  }));

/**
 * Reports as catalogers make them: every package has the purl that its name and version give, one that can be read, and is there
 * once. The texts are as hostile.
 */
export const arbitraryNamedReport: fc.Arbitrary<Report> = arbitraryReport.map((report) => {
  const named = new Map<string, Package>();
  for (const entry of report.packages) {
    const purl = purlOf(entry, report.os);
    if (purl !== null) {
      named.set(`${entry.cataloger.toWellFormed()} ${purl}`, { ...entry, purl });
    }
  }
  return { ...report, packages: [...named.values()] };
});

function purlOf(entry: Package, distribution: OsRelease | null): string | null {
  try {
    const purl = packagePurl(entry, distribution);
    parsePurl(purl);
    return purl;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}
