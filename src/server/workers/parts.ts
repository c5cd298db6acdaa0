import { openStoredAssessor } from '#assess/index.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RandomBytes } from '#base/uuid.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { FactsStore } from '#model/ports.ts';
import { type CopyContext, upstreams } from '#stages/acquire/index.ts';
import { askForReview, createIntake, judgeImage } from '#stages/catalog/index.ts';
import {
  isSecretReference,
  readSecret,
  type ServerConfig,
  ServerConfigError,
  secretEnvironment,
} from '../config/index.ts';
import { type OpenDocuments, openDocuments } from '../documents/index.ts';
import { openServerAdvisories } from './advisories.ts';
import type { ReviewParts } from './context.ts';

export interface PartsContext {
  readonly store: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  readonly facts: FactsStore;
  readonly version: string;
  /** Aborts when the worker stops. */
  readonly signal: AbortSignal;
}

/** What a worker judges by and takes images with. */
export interface WorkerParts {
  readonly review: ReviewParts;
  readonly acquire: CopyContext;
  close(): Promise<void>;
}

export async function openWorkerParts(context: PartsContext, config: ServerConfig): Promise<WorkerParts> {
  const { home, advisories: configured } = config;
  const documents = openDocuments(context, config);
  const { clock, log, signal, facts, version } = context;
  const advisories = await openServerAdvisories({ home, config: configured, clock, log, signal });
  const assessor = await openStoredAssessor({
    tool: { name: 'plimsoll', version },
    advisories: () => Promise.resolve(advisories),
    facts,
    clock,
    log,
  });
  const policies = () => documents.sets.current();
  const judging = { ...context, assessor, policies, host: documents.context.host };
  return {
    review: {
      judge: (image, stop) => judgeImage(judging, image, stop),
      environments: async () => {
        const { compiled, revision } = await documents.sets.current();
        return { names: [...compiled.environments.keys()], revision };
      },
      advisories: { home, advisories },
    },
    acquire: acquiring(context, config, documents),
    close: async () => {
      await assessor.close();
      advisories.close();
    },
  };
}

function acquiring(context: PartsContext, { limits }: ServerConfig, { sources }: OpenDocuments): CopyContext {
  const { store, clock, log, random, version } = context;
  const uploads = { ...context, maxBlobBytes: limits.blobBytes };
  return {
    store,
    clock,
    log,
    random,
    version,
    sources,
    intakeOf: (source) => createIntake(uploads, { source }),
    openUpstream: upstreams({ clock, log, readSecret: readNamedSecret }),
    attach: null,
    askForReview,
  };
}

async function readNamedSecret(reference: string): Promise<string> {
  if (!isSecretReference(reference)) {
    throw new ServerConfigError('SERVER_SECRET_MISSING', 'no reference to a secret', {
      object: 'credentials of a source',
      expected: 'env:NAME or file:/PATH',
    });
  }
  return await readSecret(reference, secretEnvironment());
}
