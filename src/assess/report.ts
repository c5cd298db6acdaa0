import type { LayerReading } from '#lib/layers/index.ts';
import type { Lifecycle } from '#lib/lifecycle/index.ts';
import type { Severity } from '#model/advisory.ts';
import { exceptionsByFinding } from '#model/exception.ts';
import { isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { Image, ImageConfig } from '#model/image.ts';
import type { Inventory } from '#model/inventory.ts';
import { formatPlatform } from '#model/platform.ts';
import type { ShardInfo } from '#model/ports.ts';
import type {
  Covered,
  Report,
  ReportAdvisories,
  ReportConfig,
  ReportImage,
  ReportSbom,
  ReportTool,
} from '#model/report.ts';
import { usualSpelling } from '#model/repository-pattern.ts';
import type { Unknown } from '#model/unknown.ts';
import { layerIdOf } from './layer-id.ts';

export interface ReportParts {
  readonly tool: ReportTool;
  readonly image: ReportImage;
  /** The document that the inventory is from; null when it was read from an image. */
  readonly sbom: ReportSbom | null;
  readonly inventory: Inventory;
  /** Null for an inventory that nothing was matched with. */
  readonly matched: Matched | null;
  /** Null when nobody was asked how long anything is supported. */
  readonly lifecycle: AssessedLifecycle | null;
}

export interface Matched {
  readonly findings: readonly Vulnerability[];
  /** Those of the inventory among them. */
  readonly unknowns: readonly Unknown[];
  readonly covered: Covered;
  /** Of kernel headers. */
  readonly headers: readonly Vulnerability[];
  readonly shards: readonly MatchedShard[];
}

export interface AssessedLifecycle extends Lifecycle {
  /** Dates that could not be had hide what has ended. That a source has none of a distribution or a program hides nothing. */
  readonly unknowns: readonly Unknown[];
  readonly shards: readonly MatchedShard[];
}

export interface MatchedShard {
  readonly info: ShardInfo;
  /** Too old to rely on, at the time of the match. */
  readonly stale: boolean;
}

/** The document that every output format is made from. */
export function composeReport(parts: ReportParts): Report {
  const { inventory, matched, lifecycle } = parts;
  return {
    schemaVersion: '2.2',
    kind: matched === null ? 'inventory' : 'scan',
    tool: parts.tool,
    image: parts.image,
    os: inventory.os,
    content: inventory.content,
    ...(parts.sbom === null ? {} : { sbom: parts.sbom }),
    files: inventory.files,
    executables: inventory.executables,
    packages: inventory.packages,
    ...(inventory.builds === undefined ? {} : { builds: inventory.builds }),
    findings: [...(matched?.findings ?? []), ...(lifecycle?.findings ?? [])],
    hiddenFindings: 0,
    covered: matched?.covered ?? { findings: [], unknowns: [] },
    ...(matched === null || matched.headers.length === 0 ? {} : { headers: matched.headers }),
    ...(lifecycle === null ? {} : { lifecycle: lifecycle.entries }),
    unknowns: [...(matched?.unknowns ?? inventory.unknowns), ...(lifecycle?.unknowns ?? [])],
    advisories: [...(matched?.shards ?? []), ...(lifecycle?.shards ?? [])].map(describeShard),
    evidence: [],
  };
}

/** The report with only the vulnerabilities of these severities; how many were left out is said in it. */
export function showSeverities(report: Report, shown: ReadonlySet<Severity>): Report {
  const findings = report.findings.filter((finding) => !isVulnerability(finding) || shown.has(finding.severity));
  const exceptionOf = exceptionsByFinding(report.exceptions);
  return {
    ...report,
    findings,
    hiddenFindings: report.findings.length - findings.length,
    ...(report.exceptions && { exceptions: findings.flatMap((finding) => exceptionOf(finding) ?? []) }),
  };
}

/** An image as its own documents and its layers say. */
export function describeImage(image: Image, layers: readonly LayerReading[], repository: string | null): ReportImage {
  // One whose host no URL can have, as a mirror may serve it, is in a registry all the same: without it, it would be a local image.
  const named = repository === null ? null : (usualSpelling(repository) ?? repository);
  return {
    reference: image.reference,
    source: image.source,
    ...(named === null ? {} : { repository: named }),
    digest: image.digest,
    ...(image.index === null || image.index.digest === null ? {} : { index: image.index.digest }),
    id: image.configDigest,
    platform: image.platform === null ? null : formatPlatform(image.platform),
    platforms: (image.index?.platforms ?? []).map(formatPlatform),
    layers: image.layers.map((layer, index) => ({
      index,
      diffId: layerIdOf(layers[index]),
      digest: layer.digest,
      size: layer.size,
      createdBy: layer.createdBy,
    })),
    config: image.config === null ? null : describeConfig(image.config),
  };
}

function describeConfig({ history: _history, diffIds: _diffIds, ...config }: ImageConfig): ReportConfig {
  return config;
}

function describeShard({ info, stale }: MatchedShard): ReportAdvisories {
  return {
    ecosystem: info.ecosystem,
    provider: info.provider,
    source: info.source,
    revision: info.revision,
    count: info.count,
    rejected: info.rejected,
    newest: info.newest === 0 ? null : new Date(info.newest).toISOString(),
    checked: new Date(info.checked).toISOString(),
    stale,
  };
}
