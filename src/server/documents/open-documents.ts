import { join } from 'node:path';
import type { RandomBytes } from '#base/uuid.ts';
import type { Sources } from '#stages/acquire/index.ts';
import { ActiveSets, type DocumentsContext } from '#stages/catalog/documents/index.ts';
import { askForReview } from '#stages/catalog/index.ts';
import { otherSecretThan, type ServerConfig } from '../config/index.ts';
import type { ServerContext } from '../context.ts';
import { repositoryHost } from './repository-host.ts';

/** The documents that decide, in one process. */
export interface OpenDocuments {
  readonly context: DocumentsContext;
  readonly sets: ActiveSets;
  /** Where images may come from, by these. */
  readonly sources: Sources;
}

/** Files that documents of kind Trust may name are in this folder of the data folder. */
const TRUST_FOLDER = 'trust';

export function openDocuments(
  context: OpenContext,
  config: Pick<ServerConfig, 'home' | 'publicUrl' | 'listeners' | 'sources'>,
): OpenDocuments {
  return openDocumentsAt(context, {
    trustFolder: join(config.home, TRUST_FOLDER),
    host: repositoryHost(config),
    otherSecretThan: (reference) => otherSecretThan(reference, config.sources),
  });
}

type OpenContext = Pick<ServerContext, 'store' | 'clock' | 'log'> & { readonly random: RandomBytes };

/** As `openDocuments`, where no configuration says it. */
export function openDocumentsAt(
  { store, clock, log, random }: OpenContext,
  place: Pick<DocumentsContext, 'trustFolder' | 'host' | 'otherSecretThan'>,
): OpenDocuments {
  const context: DocumentsContext = { store, clock, log, random, ...place, askForReview };
  const sets = new ActiveSets(context);
  return { context, sets, sources: sourcesOf(sets) };
}

function sourcesOf(sets: ActiveSets): Sources {
  return {
    active: async () => {
      const { set, changedAt } = await sets.current();
      // Loaded by the line above already, and not before there is a need: it is large.
      const { acceptsTag, sourceFor, upstreamOf } = await import('#lib/policy/index.ts');
      return {
        changedAt,
        acquiring: set.sources.flatMap((source) =>
          source.acquire === null ? [] : [{ source, acquire: source.acquire }],
        ),
        sourceFor: (image) => sourceFor(set.sources, image),
        upstreamOf: (repository, pointer) => upstreamOf(set.sources, repository, pointer),
        acceptsTag,
      };
    },
  };
}
