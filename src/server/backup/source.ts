import type { DumpSource } from '#store/metadata/index.ts';
import { readSecret, type ServerConfig, secretEnvironment } from '../config/index.ts';

/** The database of a configuration. */
export async function dumpSource({ metadata }: ServerConfig): Promise<DumpSource> {
  return metadata.kind === 'sqlite'
    ? { kind: 'sqlite', path: metadata.path }
    : { kind: 'postgres', url: await readSecret(metadata.url, secretEnvironment()) };
}
