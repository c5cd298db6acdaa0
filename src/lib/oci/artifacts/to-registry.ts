import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { attachFailure } from '../attach/failure.ts';
import type { OpenOptions } from '../images/options.ts';
import { formatReference, type RegistryReference } from '../reference.ts';
import type { TransportTuning } from '../registry/endpoint.ts';
import { openWriter } from '../registry/open-writer.ts';
import type { Document } from '../registry/repository.ts';
import { EMPTY, type FileArtifact, type StoredArtifact } from './artifact.ts';
import type { BeforeNaming } from './push.ts';

/** See `pushArtifact`. */
export async function pushToRegistry(
  { layers }: FileArtifact,
  manifest: Document & { readonly digest: Digest },
  reference: RegistryReference,
  options: OpenOptions,
  before: BeforeNaming,
  tuning: TransportTuning = {},
): Promise<StoredArtifact> {
  const { signal = new AbortController().signal } = options;
  const { digest } = manifest;
  const stored = { digest, pinned: formatReference({ ...reference, tag: null, digest }) };
  const writer = await openWriter(reference, options, tuning, 'nothing can be put there');
  const writing = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    try {
      return await write();
    } catch (error) {
      signal.throwIfAborted();
      const progress = { stored: new Set<Digest>(), attached: new Set<Digest>() };
      throw isAppError(error) ? attachFailure(error, `repository ${writer.name}`, progress) : error;
    }
  };
  try {
    await writing(async () => {
      await writer.putBlob(EMPTY.digest, EMPTY.bytes, signal);
      for (const layer of layers) {
        await writer.putBlob(layer.digest, await layer.read(), signal);
      }
      await writer.putManifest(digest, manifest, signal);
    });
    await before(stored);
    await writing(async () => await writer.putManifest(reference.tag ?? 'latest', manifest, signal));
    return stored;
  } finally {
    writer.close();
  }
}
