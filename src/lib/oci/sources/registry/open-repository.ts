import type { OpenedImages, OpenOptions } from '../../images/options.ts';
import { openRoots } from '../../images/roots.ts';
import type { RegistryReference } from '../../reference.ts';
import type { ClientOptions, RegistryClient } from '../../registry/client.ts';
import type { TransportTuning } from '../../registry/endpoint.ts';
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
  return new Repository(
    `repository ${domain}/${path}`,
    access === undefined || offline === true
      ? null
      : () => connect(domain, path, { access, tuning, ...(log && { log }) }),
    new Documents(documents ?? null),
  );
}

/** The client is loaded when the first request is due: a run that finds everything in the cache does without. */
async function connect(domain: string, path: string, options: ClientOptions): Promise<RegistryClient> {
  const { RegistryClient: Client } = await import('../../registry/client.ts');
  return await Client.open(domain, path, options);
}
