import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { FileDigests, ImageProgress } from '#lib/layers/index.ts';
import { detectReference, openImages, type SbomReference, type SourceAccess } from '#lib/oci/index.ts';
import type { Image } from '#model/image.ts';
import type { Inventory } from '#model/inventory.ts';
import type { Platform } from '#model/platform.ts';
import type { FactsStore } from '#model/ports.ts';
import type { Report, ReportTool } from '#model/report.ts';
import { openCache } from '#store/cache/index.ts';
import type { Advisories } from './advisories.ts';
import { folderForArchives } from './folders.ts';
import { inventoryOfImage } from './image-inventory.ts';
import type { LayerProcesses } from './isolation/index.ts';
import type { Matched, ReportParts } from './report.ts';
import { composeReport, describeImage } from './report.ts';
import type { ScanEvidence } from './report-evidence.ts';
import type { TrustSource } from './trust.ts';

export interface AssessOptions {
  readonly tool: ReportTool;
  /** Absent: the machine's own platform, or the only one there is. */
  readonly platform?: Platform | 'all';
  readonly host: Platform;
  /** `report` turns digests that do not match, and missing blobs, into unknowns. */
  readonly integrity: 'require' | 'report';
  /** The data folder, absolute. */
  readonly home: string;
  /** What the cache below it may take on the disk. */
  readonly cacheBytes: number;
  /** Registries, daemons and content stores; without it images come from files alone. */
  readonly access?: SourceAccess;
  /** Images from registries only if their documents are at hand already. */
  readonly offline?: boolean;
  /** Who reads the content of layers: this process (when not given), or processes that may do nothing else. */
  readonly isolation?: 'none' | 'process';
  /** Lists what lock files and manifests declare, too; when not given, in folders alone (ADR 110). */
  readonly lockFiles?: boolean;
  /** Null for an inventory that is matched with nothing. */
  readonly advisories: Advisories | null;
  /** Lists executables with their digests too. */
  readonly programs?: boolean;
  /** Looks for what hangs on the image too, and judges it; not asked for when absent. */
  readonly evidence?: { readonly trust: TrustSource | null };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly progress: (step: AssessProgress) => void;
}

/** What is being done, for a progress line. */
export type AssessProgress =
  | ({ readonly kind: 'layers' } & ImageProgress)
  | { readonly kind: 'match'; readonly packages: number };

/**
 * The pipeline: opens the image, reads its layers, matches its packages; one report per platform, in the order of the
 * index. Throws what opening and verification throw; what could not be read in an opened image is in the report.
 */
export async function assess(reference: string, options: AssessOptions): Promise<readonly Report[]> {
  const { clock, signal, log } = options;
  const detected = await detectReference(reference, signal);
  if (detected.source === 'sbom') {
    return [await reportOnDocument(detected, options)];
  }
  const cache = openCache(join(options.home, 'cache'), { maxBytes: options.cacheBytes, clock });
  const temporaryFolder = await folderForArchives(options.home, log);
  const opened = await openImages(detected, {
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    host: options.host,
    integrity: options.integrity,
    temporaryFolder,
    documents: cache.documents,
    offline: options.offline === true,
    ...(options.access && { access: options.access }),
    signal,
    log,
  });
  const processes = options.isolation === 'process' ? await startable() : null;
  try {
    const { images } = opened;
    log.debug('image opened', {
      source: images[0]?.source,
      images: images.map((image) => image.digest ?? image.configDigest),
    });
    const assessed: Assessed[] = [];
    for (const image of images) {
      const { inventory, layers } = await inventoryOfImage(image, {
        facts: cache.facts,
        version: options.tool.version,
        integrity: options.integrity,
        reader: processes?.read ?? null,
        ...(options.lockFiles === undefined ? {} : { lockFiles: options.lockFiles }),
        signal,
        log,
        progress: (step) => options.progress({ kind: 'layers', ...step }),
      });
      const described = describeImage(image, layers);
      const report = await reportOf({ image: described, sbom: null, inventory }, options);
      const digests = fileDigestsOf(image, cache.facts, processes, options);
      assessed.push({ report: await withPrograms(report, digests, options), inventory, digests });
    }
    const evidence = await evidenceOf(reference, options);
    const reports: Report[] = [];
    for (const one of assessed) {
      reports.push(await withDeclared(one, evidence, options));
    }
    return reports;
  } finally {
    await processes?.close();
    await opened.close();
  }
}

/** One image, before it is compared with what is said of it. */
interface Assessed {
  readonly report: Report;
  readonly inventory: Inventory;
  readonly digests: () => Promise<FileDigests>;
}

/** The file tables of the layers are at hand; they are opened when somebody asks for the content of files. */
function fileDigestsOf(
  image: Image,
  facts: FactsStore,
  processes: LayerProcesses | null,
  { integrity, signal }: AssessOptions,
): Assessed['digests'] {
  const isolated = processes === null ? {} : { reader: processes.read, isolated: true };
  return async () => {
    const { readFileDigests } = await import('#lib/layers/index.ts');
    return await readFileDigests(image, { facts, integrity, signal, ...isolated });
  };
}

async function withPrograms(report: Report, digests: Assessed['digests'], options: AssessOptions): Promise<Report> {
  if (options.programs !== true) {
    return report;
  }
  const { programsOf } = await import('./declared/programs.ts');
  return { ...report, programs: programsOf(await digests()) };
}

/** What hangs on the image joins the report, and so does what documents there and in the image declare otherwise. An inventory compares nothing. */
async function withDeclared(
  { report, inventory, digests }: Assessed,
  evidence: ScanEvidence | null,
  { advisories }: AssessOptions,
): Promise<Report> {
  const image = report.image.digest;
  const joined = evidence === null ? report : { ...report, ...evidence.of(image) };
  const attested = evidence?.sbomsOf(image) ?? [];
  if (advisories === null || (attested.length === 0 && inventory.documents === undefined)) {
    return joined;
  }
  const { compareDeclared } = await import('./declared/index.ts');
  return await compareDeclared(joined, { inventory, attested, digests });
}

/** What reading documents takes is loaded when there is one. */
async function reportOnDocument(reference: SbomReference, options: AssessOptions): Promise<Report> {
  const { openDocument } = await import('./document.ts');
  const report = await reportOf(await openDocument(reference, options), options);
  const evidence = await evidenceOf(reference.text, options);
  return evidence === null ? report : { ...report, ...evidence.of(null) };
}

async function evidenceOf(reference: string, options: AssessOptions): Promise<ScanEvidence | null> {
  const { evidence, access } = options;
  if (evidence === undefined) {
    return null;
  }
  const { evidenceForScan } = await import('./report-evidence.ts');
  return await evidenceForScan(reference, {
    ...options,
    kind: 'evidence',
    trust: evidence.trust,
    access,
    offline: options.offline === true,
  });
}

/** Nothing is started before there is a layer to read. */
async function startable(): Promise<LayerProcesses> {
  const { createLayerProcesses } = await import('./isolation/index.ts');
  return createLayerProcesses();
}

async function reportOf(parts: Omit<ReportParts, 'tool' | 'matched'>, options: AssessOptions): Promise<Report> {
  const matched = await matchedWith(parts.inventory, options);
  return composeReport({ tool: options.tool, ...parts, matched });
}

/** What an inventory alone does without is loaded when there is something to match with. */
async function matchedWith(inventory: Inventory, options: AssessOptions): Promise<Matched | null> {
  options.progress({ kind: 'match', packages: inventory.packages.length });
  if (options.advisories === null) {
    return null;
  }
  const { match } = await import('./match.ts');
  return await match(inventory, options.advisories, options);
}
