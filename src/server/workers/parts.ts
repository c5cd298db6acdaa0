import { openStoredAssessor } from '#assess/index.ts';
import type { Clock } from '#base/clock.ts';
import { parseDigest } from '#base/digest.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { Log } from '#base/log.ts';
import type { RandomBytes } from '#base/uuid.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { FactsStore } from '#model/ports.ts';
import {
  type AcquisitionStatement,
  type ConfiguredUpstreams,
  type CopyContext,
  upstreams,
} from '#stages/acquire/index.ts';
import { TrustWatch } from '#stages/catalog/documents/index.ts';
import { askForReview, attestImage, attestStatement, createIntake, judgeTogether } from '#stages/catalog/index.ts';
import { readDocumentSecret, type ServerConfig, secretEnvironment } from '../config/index.ts';
import { type OpenDocuments, openDocuments } from '../documents/index.ts';
import { openSigningKey } from '../signing/index.ts';
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

/** Whoever writes waits for the disk once for so many, and has as many whole reports in memory. */
const JUDGED_AT_ONCE = 4;

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
  const signing = await openSigningKey({ ...context, config });
  const judging = { ...context, assessor, policies, host: documents.context.host, key: signing.key };
  return {
    review: {
      judge: judgeTogether(judging),
      atOnce: JUDGED_AT_ONCE,
      environments: async () => {
        const { compiled, revision } = await documents.sets.current();
        return { names: [...compiled.environments.keys()], revision };
      },
      attest: (image, stop) => attestImage(judging, image, stop),
      advisories: { home, advisories },
      trust: new TrustWatch(documents.context, documents.sets),
    },
    acquire: acquiring(context, config, documents, (acquisition, statement, stop) =>
      attestAcquisition(judging, acquisition, statement, stop),
    ),
    close: async () => {
      await assessor.close();
      await signing.key.close();
      advisories.close();
    },
  };
}

/** Where an image came from, in the words of whoever took it. */
async function attestAcquisition(
  judging: Parameters<typeof attestStatement>[0],
  { id, repository }: Acquisition,
  { subject: [{ digest }], predicateType: type, predicate }: AcquisitionStatement,
  signal: AbortSignal,
): Promise<void> {
  const [algorithm = '', hex = ''] = Object.entries(digest)[0] ?? [];
  const image = { repository: repository.name, digest: parseDigest(`${algorithm}:${hex}`, 'acquisition') };
  await attestStatement(judging, image, { name: `acquisition ${id}`, type, predicate }, signal);
}

function acquiring(
  context: PartsContext,
  { limits, sources: access }: ServerConfig,
  { sources }: OpenDocuments,
  attach: CopyContext['attach'],
): CopyContext {
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
    openUpstream: upstreams({
      clock,
      log,
      readSecret: async (reference) => await readDocumentSecret(reference, access, secretEnvironment()),
      configured: async () => await configuredFor(access),
    }),
    attach,
    askForReview,
  };
}

/** As it is when a source is used: the file may change. */
async function configuredFor({ registries, proxies }: ServerConfig['sources']): Promise<ConfiguredUpstreams> {
  const environment = proxies ? secretEnvironment() : {};
  if (registries === null) {
    return { proxies: environment };
  }
  const bytes = await readFileBounded(registries, LIMITS.registriesFileBytes);
  return { proxies: environment, registries: { file: registries, text: new TextDecoder().decode(bytes) } };
}
