import { analyseStored, type StoredAnalysis, type StoredImage } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { parsePushedManifest } from '#lib/oci/index.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Repository, ResolvedManifest } from '#model/platform/records.ts';
import type { FactsStore } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import { type CatalogContext, repositoryEvent } from './context.ts';
import { askForReview } from './review/index.ts';
import { storedImage } from './stored-image.ts';

export interface AnalyseOptions {
  readonly repository: string;
  readonly digest: Digest;
  readonly facts: FactsStore;
  /** Of this program. */
  readonly version: string;
  /** Nobody tries again after this: what cannot be read now is an unknown. */
  readonly isLastAttempt: boolean;
  readonly signal: AbortSignal;
  /** Of each process. */
  readonly memoryBytes?: number;
}

/** What became of it: `gone` when it was deleted meanwhile, `artifact` for what cannot be run. */
export type Analysed = 'analysed' | 'unknown' | 'artifact' | 'gone';

/**
 * Makes the inventory of a stored image and keeps it. An image that cannot be read, or that ends whatever reads it, gets an unknown in the place
 * of an inventory: it is never taken for one without packages. Throws what the stores throw, unless it is the last attempt.
 */
export async function analyseImage(context: CatalogContext, options: AnalyseOptions): Promise<Analysed> {
  const { records } = context.store;
  const manifest = await records.manifests.resolve(options.repository, { digest: options.digest }, null);
  if (manifest === null) {
    return 'gone';
  }
  // As it was read when it was pushed.
  const parsed = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${manifest.digest}`);
  if (parsed.kind === 'index' || parsed.isRunnable === false) {
    return 'artifact';
  }
  const stored = await storedImage(context, manifest, parsed);
  const analysis = await analysisOf(stored.image, options);
  return analysis.kind === 'artifact' ? 'artifact' : await keep(context, manifest, stored.damaged, analysis);
}

/** Once more than this a worker died while it was at it: whoever it was, the image is not tried again. */
export async function giveUpOnImage(
  context: CatalogContext,
  { repository, digest }: Pick<AnalyseOptions, 'repository' | 'digest'>,
  reason: string,
): Promise<Analysed> {
  const manifest = await context.store.records.manifests.resolve(repository, { digest }, null);
  return manifest === null ? 'gone' : await keep(context, manifest, [], { kind: 'unknown', reason });
}

async function analysisOf(image: StoredImage, options: AnalyseOptions): Promise<StoredAnalysis> {
  const { facts, version, signal, memoryBytes } = options;
  try {
    return await analyseStored(image, {
      facts,
      version,
      signal,
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
    });
  } catch (error) {
    if (!options.isLastAttempt || signal.aborted) {
      throw error;
    }
    return { kind: 'unknown', reason: messageOf(error) };
  }
}

const NOTHING = { layerSet: null, packages: [], unknowns: [], problems: [], content: null } as const;

async function keep(
  context: CatalogContext,
  { repository, digest }: ResolvedManifest,
  damaged: readonly Digest[],
  analysis: Exclude<StoredAnalysis, { readonly kind: 'artifact' }>,
): Promise<Analysed> {
  const { store, clock } = context;
  const analysedAt = clock.now();
  const known = analysis.kind === 'inventory' ? analysis : NOTHING;
  const problems = [
    ...damaged.map(damagedBlob),
    ...known.problems,
    ...(analysis.kind === 'unknown' ? [unread(analysis.reason)] : []),
  ];
  await store.transaction(async (records) => {
    const { layerSet, packages, unknowns, content } = known;
    if (layerSet !== null) {
      await records.inventories.write({ layerSet, packages, unknowns, content, analysedAt });
    }
    await records.inventories.assign(repository, digest, { layerSet, unknowns: problems, analysedAt });
    const data = { digest, packages: packages.length, unknowns: unknowns.length + problems.length };
    await records.events.append(analysed(context, repository, data));
    // Now there is something to judge by.
    await records.judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, 'new', analysedAt);
    await askForReview(records, analysedAt);
  });
  return analysis.kind === 'inventory' ? 'analysed' : 'unknown';
}

function analysed(
  context: CatalogContext,
  repository: Repository,
  data: { readonly digest: Digest; readonly packages: number; readonly unknowns: number },
): ReturnType<typeof repositoryEvent> {
  return repositoryEvent(context, repository, data.digest, { type: 'image.analysed.v1', actor: WORKER.id, data });
}

function damagedBlob(digest: Digest): Unknown {
  return problem('integrity', `blob ${digest}: what is stored is not what its digest says; push it again`);
}

function unread(reason: string): Unknown {
  return problem('unreadable', `the image could not be analysed: ${reason}`);
}

function problem(kind: 'integrity' | 'unreadable', reason: string): Unknown {
  return { kind, path: null, layer: null, analyser: kind === 'integrity' ? 'integrity' : 'inventory', reason };
}
