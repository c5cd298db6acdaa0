import type { OpenOptions } from '../images/options.ts';
import type { RegistryReference } from '../reference.ts';
import { RegistryError } from '../transport/error.ts';
import type { TransportTuning } from './endpoint.ts';
import { LocalClient } from './local.ts';
import type { RepositoryWriter } from './repository.ts';
import { RegistryWriter } from './writer.ts';

/**
 * The repository of a reference to write to: our own where it is one of ours, with or without a network. `problem` is what
 * cannot be done where there is none: `REGISTRY_OFFLINE`.
 */
export async function openWriter(
  { domain, path, text }: RegistryReference,
  { access, log, offline }: OpenOptions,
  tuning: TransportTuning,
  problem: string,
): Promise<RepositoryWriter> {
  const local = access?.local?.(domain, path) ?? null;
  if (local !== null) {
    return new LocalClient(`${domain}/${path}`, local);
  }
  if (access === undefined || offline === true) {
    throw new RegistryError('REGISTRY_OFFLINE', problem, {
      object: text,
      expected: 'a registry that may be asked',
      found: 'no use of the network',
    });
  }
  return await RegistryWriter.open(domain, path, { access, tuning, ...(log && { log }) });
}
