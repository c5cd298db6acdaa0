import type { StoredOrigin, StoredReportRequest } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import type { PushedManifest } from '#lib/oci/index.ts';
import type { ImageInventory, ResolvedManifest } from '#model/platform/records.ts';
import type { Report } from '#model/report.ts';
import { storedImage } from '../stored-image.ts';
import type { DecidingPolicies, JudgeContext } from './context.ts';

/** What is known of an image of one platform. */
export interface Known {
  readonly manifest: ResolvedManifest;
  readonly parsed: PushedManifest;
  readonly analysis: ImageInventory;
  readonly origin: StoredOrigin;
  readonly policies: DecidingPolicies;
}

/** The report of an image, with what hangs on it. */
export async function reportOf(context: JudgeContext, known: Known, signal: AbortSignal): Promise<Report> {
  const { manifest, parsed, analysis, origin } = known;
  const { image } = await storedImage(context, manifest, parsed);
  const { inventory, unknowns } = analysis;
  const index = await indexOf(context, manifest);
  const request = {
    image,
    repository: origin.repository,
    index,
    layers: inventory === null ? null : layersOf(context, inventory.layerSet),
    unknowns,
    evidence: null,
  };
  return await context.assessor.report(request, signal);
}

function layersOf({ store }: JudgeContext, layerSet: Digest): StoredLayers {
  return { layerSet, content: async () => await store.records.inventories.content(layerSet) };
}

type StoredLayers = NonNullable<StoredReportRequest['layers']>;

/** The index that was pushed last, of those that it belongs to. */
async function indexOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
): Promise<{ readonly digest: Digest; readonly platforms: readonly string[] } | null> {
  const { manifests } = store.records;
  const parents = await manifests.parents(repositoryId, digest);
  const [newest] = parents.toSorted((a, b) => b.pushedAt - a.pushedAt || (a.digest < b.digest ? -1 : 1));
  if (newest === undefined) {
    return null;
  }
  const children = await manifests.children(repositoryId, newest.digest);
  const platforms = children.flatMap(({ platform }) => (platform === null || platform === NO_PLATFORM ? [] : platform));
  return { digest: newest.digest, platforms: [...new Set(platforms)] };
}

const NO_PLATFORM = 'unknown/unknown';
