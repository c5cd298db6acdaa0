import type { Descriptor } from '../documents/descriptor.ts';
import type { StoredFile } from '../files/file-set.ts';
import type { ContentSource } from '../images/content-source.ts';
import type { ContainerdClient } from './client.ts';

/**
 * The content store of one namespace. It holds what was pulled: of an index often one platform only, whose siblings it
 * then has not.
 */
export function containerdContent(client: ContainerdClient, namespace: string, signal?: AbortSignal): ContentSource {
  const find = async ({ digest }: Descriptor): Promise<StoredFile | null> => {
    const size = await client.size(namespace, digest, signal);
    return size === null ? null : { size, open: (reading) => client.read(namespace, digest, size, reading) };
  };
  return {
    object: `namespace ${namespace} of ${client.object}`,
    manifest: find,
    blob: find,
    close: async () => await Promise.resolve(client.close()),
  };
}
