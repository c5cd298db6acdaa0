import { Readable } from 'node:stream';
import type { Digest } from '#base/digest.ts';
import { type ContentSource, openStoredImage } from '#lib/oci/index.ts';
import type { Image } from '#model/image.ts';
import type { StoredImage } from './analyse-stored.ts';

/** The image of a stored manifest: its documents are read and verified, its layers are not read. Throws what opening throws. */
export async function openStored(image: StoredImage, signal: AbortSignal): Promise<Image> {
  const { reference, digest, mediaType, manifest } = image;
  return await openStoredImage(
    contentOf(image, signal),
    { reference, digest, mediaType, size: manifest.length },
    signal,
  );
}

function contentOf({ reference, digest: own, manifest, blobs, open }: StoredImage, signal: AbortSignal): ContentSource {
  const sizes = new Map<Digest, number>(blobs.map(({ digest, size }) => [digest, size]));
  return {
    object: reference,
    manifest: ({ digest }) =>
      Promise.resolve(digest === own ? { size: manifest.length, open: () => Readable.from([manifest]) } : null),
    blob: ({ digest }) => {
      const size = sizes.get(digest);
      return Promise.resolve(size === undefined ? null : { size, open: () => bytesOf(digest, open, signal) });
    },
    close: () => Promise.resolve(),
  };
}

async function* bytesOf(digest: Digest, open: StoredImage['open'], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const bytes = await open(digest, signal);
  if (bytes === null) {
    throw new Error(`blob ${digest}: its bytes are gone`);
  }
  yield* bytes;
}
