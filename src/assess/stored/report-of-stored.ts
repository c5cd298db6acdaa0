import type { Clock } from '#base/clock.ts';
import type { Digest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import type { FileDigests } from '#lib/layers/index.ts';
import type { Image } from '#model/image.ts';
import type { Inventory } from '#model/inventory.ts';
import type { FactsStore } from '#model/ports.ts';
import type { Report, ReportImage, ReportTool } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import type { Advisories } from '../advisories.ts';
import type { AttestedSbom } from '../evidence.ts';
import { composeReport, describeImage } from '../report.ts';
import type { AttestedVex } from '../vex/attested.ts';
import type { StoredImage } from './analyse-stored.ts';
import { openStored } from './describe-stored.ts';
import type { KnownLayers, LayerKnowledge } from './known-layers.ts';

/** What hangs on an image, as it was judged. */
export interface StoredEvidence extends Pick<Report, 'evidence' | 'trust'> {
  readonly sboms: readonly AttestedSbom[];
  readonly vex: readonly AttestedVex[];
}

/** A stored image, with what a report is made of. */
export interface StoredReportRequest {
  readonly image: StoredImage;
  /** `registry/path`, as policies name it; null for none. */
  readonly repository: string | null;
  /** The index that it belongs to, and what that offers; null for none. */
  readonly index: { readonly digest: Digest; readonly platforms: readonly string[] } | null;
  /** Null where it could not be analysed. */
  readonly layers: {
    readonly layerSet: Digest;
    /** As `analyseStored` gave it; null where it was not kept. */
    readonly content: () => Promise<Uint8Array | null>;
  } | null;
  /** What is not known of this image besides what its layers left open; why there are no `layers` is among it. */
  readonly unknowns: readonly Unknown[];
  /** Null when nobody looked. */
  readonly evidence: StoredEvidence | null;
}

export interface StoredReportOptions {
  readonly tool: ReportTool;
  readonly advisories: Pick<Advisories, 'shard' | 'offers'>;
  /** Inventories that were looked at lately. */
  readonly known: KnownLayers;
  /** What is known of layers: asked when a document says what files hold. */
  readonly facts: FactsStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * The report that a scan of a stored image would give, made of its stored inventory: no layer is read. What is not there, or cannot be read any
 * more, is an unknown of it. Throws what the stores throw.
 */
export async function reportOfStored(request: StoredReportRequest, options: StoredReportOptions): Promise<Report> {
  const { layers, evidence } = request;
  const known = layers === null ? null : await options.known.of(layers.layerSet, layers.content, options);
  const opened = await opening(request, options.signal);
  const unknowns = [
    ...request.unknowns,
    ...opened.unknowns,
    ...(layers !== null && known === null
      ? [unread('its inventory is not kept whole, or in a form that cannot be read: it has to be read again')]
      : []),
  ];
  const inventory = { ...(known?.whole.inventory ?? NOTHING), content: 'cached' } as const;
  const composed = composeReport({
    tool: options.tool,
    image: describe(opened.image, known, request),
    sbom: null,
    inventory,
    matched: known?.matched ?? {
      findings: [],
      unknowns: [],
      covered: { findings: [], unknowns: [] },
      headers: [],
      shards: [],
    },
    lifecycle: known?.lifecycle ?? null,
  });
  const whole = { ...composed, unknowns: [...unknowns, ...composed.unknowns] };
  const joined = evidence === null ? whole : { ...whole, evidence: evidence.evidence, ...trustOf(evidence) };
  const declared = await withDeclared(
    joined,
    { ...inventory, unknowns: whole.unknowns },
    opened.image,
    request,
    options,
  );
  return await withVex(declared, request, options);
}

function trustOf({ trust }: StoredEvidence): Pick<Report, 'trust'> {
  return trust === undefined ? {} : { trust };
}

/** Where nothing is known there are no packages, and an unknown says so. */
const NOTHING: Omit<Inventory, 'content'> = {
  os: null,
  packages: [],
  unknowns: [],
  databases: [],
  files: null,
  executables: null,
};

async function opening(
  { image }: StoredReportRequest,
  signal: AbortSignal,
): Promise<{ readonly image: Image | null; readonly unknowns: readonly Unknown[] }> {
  try {
    // What was wrong with its documents when it was analysed is known.
    return { image: await openStored(image, signal), unknowns: [] };
  } catch (error) {
    signal.throwIfAborted();
    return { image: null, unknowns: [unread(`its documents cannot be read: ${messageOf(error)}`)] };
  }
}

function describe(
  image: Image | null,
  known: LayerKnowledge | null,
  { image: stored, repository, index }: StoredReportRequest,
): ReportImage {
  const layers = (known?.whole.layers ?? []).map((diffId) => ({ diffId, actualDiffId: diffId, cached: true }));
  const described =
    image === null
      ? {
          reference: stored.reference,
          source: 'registry' as const,
          ...(repository === null ? {} : { repository }),
          digest: stored.digest,
          id: null,
          platform: null,
          platforms: [],
          layers: [],
          config: null,
        }
      : describeImage(image, layers, repository);
  return index === null ? described : { ...described, index: index.digest, platforms: index.platforms };
}

/** As for a scan: what SBOM documents on the image and in it declare otherwise. */
async function withDeclared(
  report: Report,
  inventory: Inventory,
  image: Image | null,
  { evidence }: StoredReportRequest,
  options: StoredReportOptions,
): Promise<Report> {
  const attested = evidence?.sboms ?? [];
  if (attested.length === 0 && inventory.documents === undefined) {
    return report;
  }
  const { compareDeclared } = await import('../declared/index.ts');
  const digests = async (): Promise<FileDigests> => await fileDigests(image, options);
  return await compareDeclared(report, { inventory, attested, digests });
}

/** File tables of layers are kept; those that are not are read by processes that may do nothing else. */
async function fileDigests(image: Image | null, { facts, signal }: StoredReportOptions): Promise<FileDigests> {
  if (image === null) {
    throw new Error('a document is compared with an image that can be read');
  }
  const { readFileDigests } = await import('#lib/layers/index.ts');
  const { createLayerProcesses } = await import('../isolation/index.ts');
  const processes = createLayerProcesses();
  try {
    return await readFileDigests(image, { facts, integrity: 'report', signal, reader: processes.read, isolated: true });
  } finally {
    await processes.close();
  }
}

async function withVex(
  report: Report,
  { evidence, repository, index }: StoredReportRequest,
  { clock }: StoredReportOptions,
): Promise<Report> {
  const attested = evidence?.vex ?? [];
  if (attested.length === 0) {
    return report;
  }
  const { withVex: apply } = await import('../vex/apply.ts');
  return await apply(report, { given: [], attested, repository, index: index?.digest ?? null, now: clock.now() });
}

function unread(reason: string): Unknown {
  return { kind: 'unreadable', path: null, layer: null, analyser: 'inventory', reason: `the image: ${reason}` };
}
