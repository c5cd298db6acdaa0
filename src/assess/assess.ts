import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Digest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import type { FileDigests, ImageProgress } from '#lib/layers/index.ts';
import { detectReference, openImages, type SbomReference, type SourceAccess } from '#lib/oci/index.ts';
import type { GivenVex } from '#lib/vex/index.ts';
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
import type { AssessedLifecycle, Matched, ReportParts } from './report.ts';
import { composeReport, describeImage } from './report.ts';
import type { ScanEvidence } from './report-evidence.ts';
import type { NamedBytes } from './signing.ts';
import type { TrustSource } from './trust.ts';
import type { VexSources } from './vex/apply.ts';

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
  /** VEX documents, read already: what they say is not affected or fixed does not count. */
  readonly vex?: readonly NamedBytes[];
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
  const repository = detected.source === 'registry' ? `${detected.domain}/${detected.path}` : null;
  const given = await givenVex(options);
  if (detected.source === 'sbom') {
    return [await reportOnDocument(detected, given, options)];
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
      const described = describeImage(image, layers, repository);
      const report = await reportOf({ image: described, sbom: null, inventory }, options);
      const digests = fileDigestsOf(image, cache.facts, processes, options);
      const index = image.index?.digest ?? null;
      assessed.push({ report: await withPrograms(report, digests, options), inventory, index, digests });
    }
    const evidence = await evidenceOf(reference, options);
    const reports: Report[] = [];
    for (const one of assessed) {
      const report = await withDeclared(one, evidence, options);
      const attested = evidence?.vexOf(report.image.digest) ?? [];
      reports.push(await withExceptions(report, { given, attested, repository, index: one.index }, options));
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
  /** Which it was chosen from; null where there was none. */
  readonly index: Digest | null;
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
async function reportOnDocument(
  reference: SbomReference,
  given: readonly GivenVex[],
  options: AssessOptions,
): Promise<Report> {
  const { openDocument } = await import('./document.ts');
  const { links, ...parts } = await openDocument(reference, options);
  const report = await reportOf(parts, options);
  const evidence = await evidenceOf(reference.text, options);
  const joined = evidence === null ? report : { ...report, ...evidence.of(null) };
  return await withExceptions(joined, { given, attested: [], repository: null, index: null, links }, options);
}

async function givenVex({ vex = [] }: AssessOptions): Promise<readonly GivenVex[]> {
  if (vex.length === 0) {
    return [];
  }
  const { givenFile } = await import('./vex/given.ts');
  return await Promise.all(vex.map(givenFile));
}

async function withExceptions(
  report: Report,
  sources: Omit<VexSources, 'now'>,
  { advisories, clock }: AssessOptions,
): Promise<Report> {
  if (advisories === null || sources.given.length + sources.attested.length === 0) {
    return report;
  }
  const { withVex } = await import('./vex/apply.ts');
  return await withVex(report, { ...sources, now: clock.now() });
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

async function reportOf(
  parts: Omit<ReportParts, 'tool' | 'matched' | 'lifecycle'>,
  options: AssessOptions,
): Promise<Report> {
  const matched = await matchedWith(parts.inventory, options);
  const lifecycle = await lifecycleIn(parts.inventory, options);
  return composeReport({ tool: options.tool, ...parts, matched, lifecycle });
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

/** Null when no source of such dates is set. */
async function lifecycleIn(
  inventory: Inventory,
  { advisories, clock }: AssessOptions,
): Promise<AssessedLifecycle | null> {
  if (advisories?.offers('Lifecycle') !== true) {
    return null;
  }
  const { assessLifecycle } = await import('./lifecycle.ts');
  return await assessLifecycle(inventory, advisories, clock);
}
