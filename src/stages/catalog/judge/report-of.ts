import type { StoredOrigin, StoredReportRequest, StoredTrust } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import type { PushedManifest } from '#lib/oci/index.ts';
import type { ImageAnalysis, ResolvedManifest } from '#model/platform/records.ts';
import type { Report } from '#model/report.ts';
import { storedImage } from '../stored-image.ts';
import type { DecidingPolicies, JudgeContext } from './context.ts';
import { localEvidence } from './local-evidence.ts';

/** What is known of an image of one platform. */
export interface Known {
  readonly manifest: ResolvedManifest;
  readonly parsed: PushedManifest;
  readonly analysis: ImageAnalysis;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
}

/** The report of an image, with what hangs on it. */
export async function reportOf(context: JudgeContext, known: Known, signal: AbortSignal): Promise<Report> {
  const { manifest, parsed, analysis, origin } = known;
  const { image } = await storedImage(context, manifest, parsed);
  const { layerSet, unknowns } = analysis;
  const { index, evidence } = await evidenceOf(context, known, signal);
  const request = {
    image,
    repository: origin.repository,
    index,
    layers: layerSet === null ? null : layersOf(context, layerSet),
    unknowns,
    evidence,
  };
  return await context.assessor.report(request, signal);
}

interface EvidenceOfImage {
  readonly index: IndexOfImage | null;
  readonly evidence: StoredEvidence;
}

/**
 * What hangs on the image counts, with what hangs on one of the indexes that it is in: the newest whose evidence is accepted, or else the newest. A platform that
 * did not change is in the next index as well, which may be signed later or by nobody, and which anybody may push who may push at all: neither takes from the image
 * what it has, and to be accepted is to be signed by whom the trust document names.
 */
async function evidenceOf(context: JudgeContext, known: Known, signal: AbortSignal): Promise<EvidenceOfImage> {
  const { manifest, origin } = known;
  const trust = trustOf(known);
  const local = localEvidence(context, manifest);
  let newest: EvidenceOfImage | null = null;
  for (const parent of await indexesOf(context, manifest)) {
    const index = parent === null ? null : await indexOf(context, manifest, parent);
    const request = { repository: origin.repository, local, digest: manifest.digest, index, trust };
    const found = { index, evidence: await context.assessor.evidence(request, signal) };
    if (trust === null || found.evidence.trust?.verification?.outcome === 'accepted') {
      return found;
    }
    newest ??= found;
  }
  if (newest === null) {
    throw new TypeError('an image whose evidence nobody looked at');
  }
  return newest;
}

/** A document that a source names is there: the set would not be active otherwise. */
function trustOf({ origin, policies }: Known): StoredTrust | null {
  const { trust } = origin;
  if (trust === null) {
    return null;
  }
  const found = policies.trust.get(trust);
  if (found === undefined) {
    throw new TypeError(`no trust document ${trust}`);
  }
  return found;
}

function layersOf({ store }: JudgeContext, layerSet: Digest): StoredLayers {
  return { layerSet, content: async () => await store.records.inventories.content(layerSet) };
}

type StoredLayers = NonNullable<StoredReportRequest['layers']>;
type StoredEvidence = NonNullable<StoredReportRequest['evidence']>;

/** Indexes whose evidence is looked at: the newest ones, and the oldest, so that nobody hides these behind many that are new. */
const MOST_NEWEST = 8;
const MOST_OLDEST = 8;

/** The indexes that an image is in, those first that were pushed last; null alone where there is none. */
async function indexesOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
): Promise<readonly (Digest | null)[]> {
  const parents = await store.records.manifests.parents(repositoryId, digest);
  const all = parents
    .toSorted((a, b) => b.pushedAt - a.pushedAt || (a.digest < b.digest ? -1 : 1))
    .map((parent) => parent.digest);
  const some =
    all.length <= MOST_NEWEST + MOST_OLDEST ? all : [...all.slice(0, MOST_NEWEST), ...all.slice(-MOST_OLDEST)];
  return some.length === 0 ? [null] : some;
}

async function indexOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
  index: Digest,
): Promise<IndexOfImage> {
  const children = await store.records.manifests.children(repositoryId, index);
  const platforms = children.flatMap(({ platform }) => (platform === null || platform === NO_PLATFORM ? [] : platform));
  const platform = children.find((child) => child.digest === digest)?.platform ?? null;
  return { digest: index, platform, platforms: [...new Set(platforms)] };
}

interface IndexOfImage {
  readonly digest: Digest;
  /** What it says that the image is for. */
  readonly platform: string | null;
  /** What it offers. */
  readonly platforms: readonly string[];
}

const NO_PLATFORM = 'unknown/unknown';
