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
  const index = await indexOf(context, manifest);
  const evidence = await context.assessor.evidence(
    {
      repository: origin.repository,
      local: localEvidence(context, manifest),
      digest: manifest.digest,
      index,
      trust: trustOf(known),
    },
    signal,
  );
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

/** The index that was pushed last, of those that it belongs to. */
async function indexOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
): Promise<IndexOfImage | null> {
  const { manifests } = store.records;
  const parents = await manifests.parents(repositoryId, digest);
  const [newest] = parents.toSorted((a, b) => b.pushedAt - a.pushedAt || (a.digest < b.digest ? -1 : 1));
  if (newest === undefined) {
    return null;
  }
  const children = await manifests.children(repositoryId, newest.digest);
  const platforms = children.flatMap(({ platform }) => (platform === null || platform === NO_PLATFORM ? [] : platform));
  const platform = children.find((child) => child.digest === digest)?.platform ?? null;
  return { digest: newest.digest, platform, platforms: [...new Set(platforms)] };
}

interface IndexOfImage {
  readonly digest: Digest;
  /** What it says that the image is for. */
  readonly platform: string | null;
  /** What it offers. */
  readonly platforms: readonly string[];
}

const NO_PLATFORM = 'unknown/unknown';
