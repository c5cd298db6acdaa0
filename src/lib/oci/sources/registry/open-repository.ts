import type { LocalRepository } from '#model/platform/local-repository.ts';
import type { OpenedImages, OpenOptions } from '../../images/options.ts';
import { openRoots } from '../../images/roots.ts';
import type { RegistryReference } from '../../reference.ts';
import type { ClientOptions } from '../../registry/client.ts';
import type { TransportTuning } from '../../registry/endpoint.ts';
import type { RepositoryReader } from '../../registry/repository.ts';
import { keepOpen } from '../source.ts';
import { Documents } from './documents.ts';
import { Repository } from './repository.ts';

/**
 * The images that a registry reference names. A digest whose documents are kept needs no network; without `access`, and
 * with `offline`, nothing else can be opened (`REGISTRY_OFFLINE`).
 */
export async function openRepository(
  reference: RegistryReference,
  options: OpenOptions,
  tuning: TransportTuning = {},
): Promise<OpenedImages> {
  const { digest, text } = reference;
  const repository = repositoryOf(reference, options, tuning);
  const signal = options.signal ?? new AbortController().signal;
  return await keepOpen(repository, async (source) => {
    const root = await source.root(reference, signal);
    return await openRoots(source, [root], { text, source: 'registry', digest }, options);
  });
}

/** The repository of a reference. Nothing is asked yet. */
export function repositoryOf(
  { domain, path }: RegistryReference,
  { access, log, offline, documents }: OpenOptions,
  tuning: TransportTuning,
): Repository {
  const local = access?.local?.(domain, path) ?? null;
  const connect = (): (() => Promise<RepositoryReader>) | null => {
    if (local !== null) {
      return () => openLocal(`${domain}/${path}`, local);
    }
    return access === undefined || offline === true
      ? null
      : () => openClient(domain, path, { access, tuning, ...(log && { log }) });
  };
  return new Repository(`repository ${domain}/${path}`, connect(), new Documents(documents ?? null));
}

async function openLocal(name: string, repository: LocalRepository): Promise<RepositoryReader> {
  const { LocalClient } = await import('../../registry/local.ts');
  return new LocalClient(name, repository);
}

/** The client is loaded when the first request is due: a run that finds everything in the cache does without. */
async function openClient(domain: string, path: string, options: ClientOptions): Promise<RepositoryReader> {
  const { RegistryClient: Client } = await import('../../registry/client.ts');
  return await Client.open(domain, path, options);
}
