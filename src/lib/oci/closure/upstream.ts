import type { Digest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import { isEvidenceTag } from '../evidence/tags.ts';
import type { SourceAccess } from '../images/options.ts';
import { RegistryClient } from '../registry/client.ts';
import type { TransportTuning } from '../registry/endpoint.ts';
import type { RepositoryReader } from '../registry/repository.ts';
import { isTag } from '../registry-name.ts';

/** A repository that images are copied from. Throws `RegistryError`, and what authentication throws. */
export interface Upstream extends RepositoryReader {
  /** `docker.io/library/alpine`. */
  readonly name: string;
  /** False when the registry says that there is no such tag; true is no more than worth asking for it. */
  hasTag(tag: string, signal: AbortSignal): Promise<boolean>;
  /** Whether it holds a blob, as far as it says. */
  hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean>;
  /** Tags of images, each once, in the order of the registry; those of signatures and attestations are left out, and what cannot be a tag. */
  tags(signal: AbortSignal): Promise<readonly string[]>;
}

export interface UpstreamOptions {
  readonly access: SourceAccess;
  readonly log?: Log;
  readonly tuning?: TransportTuning;
}

/** Nothing is asked yet. Throws `SettingsError`. */
export async function openUpstream(
  { domain, path }: { readonly domain: string; readonly path: string },
  options: UpstreamOptions,
): Promise<Upstream> {
  const client = await RegistryClient.open(domain, path, options);
  return {
    name: `${domain}/${path}`,
    resolve: (tag, signal) => client.resolve(tag, signal),
    manifest: (reference, signal) => client.manifest(reference, signal),
    referrers: (digest, signal) => client.referrers(digest, signal),
    blob: (blob, signal, from) => client.blob(blob, signal, from),
    hasTag: (tag, signal) => client.hasTag(tag, signal),
    hasBlob: (digest, signal) => client.hasBlob(digest, signal),
    tags: async (signal) => imageTags(await client.tags(signal)),
    close: () => client.close(),
  };
}

/** A registry may list anything, and what it lists becomes part of the paths that are asked for. */
function imageTags(listed: readonly string[]): readonly string[] {
  return [...new Set(listed)].filter((tag) => isTag(tag) && !isEvidenceTag(tag));
}
