import { createDigester } from '#base/digest.ts';
import { type BlobStore, EMPTY_UPLOAD } from '#model/platform/blob-store.ts';
import { BlobError } from './error.ts';

const CONTENT = Buffer.from('Can this be written, kept and read?\n');

/** Writes a small blob, reads it and removes it. Throws what goes wrong. */
export async function probeStore(store: BlobStore, object: string, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const upload = await store.append(EMPTY_UPLOAD, content(), {
    algorithm: 'sha256',
    maxBytes: CONTENT.length,
    ...options,
  });
  const [part] = upload.parts;
  if (part === undefined) {
    throw new BlobError('BLOB_STORE_UNAVAILABLE', 'nothing was written', { object });
  }
  let key: string = part.key;
  try {
    const blob = await store.commit(upload, part.digest, signal);
    key = blob.key;
    const digester = createDigester();
    const found = await store.read(blob.key, options);
    for await (const chunk of found?.bytes ?? []) {
      digester.update(chunk);
    }
    if (found === null || digester.digest() !== part.digest) {
      throw new BlobError('BLOB_STORE_UNAVAILABLE', 'what is read is not what was written', { object });
    }
  } finally {
    await store.remove(key);
    await store.discard(upload);
  }
}

async function* content(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(CONTENT);
}
