import type { OpenedImages, OpenOptions } from '../../images/options.ts';
import { openRoots } from '../../images/roots.ts';
import type { RegistryReference } from '../../reference.ts';
import { RegistryClient } from '../../registry/client.ts';
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
  const { access, log, offline, documents } = options;
  const { domain, path, digest, text } = reference;
  const mayAsk = access !== undefined && offline !== true;
  const reach = log === undefined ? { tuning } : { tuning, log };
  const client = mayAsk ? await RegistryClient.open(domain, path, { access, ...reach }) : null;
  const repository = new Repository(`repository ${domain}/${path}`, client, new Documents(documents ?? null));
  const signal = options.signal ?? new AbortController().signal;
  return await keepOpen(repository, async (source) => {
    const root = await source.root(reference, signal);
    return await openRoots(source, [root], { text, source: 'registry', digest }, options);
  });
}
