import { open } from 'node:fs/promises';
import { algorithmOf, createDigester } from '#base/digest.ts';
import { decompress } from '#lib/layers/index.ts';
import type { OpenedArtifact } from '#lib/oci/index.ts';
import { assertForeignShard } from '#store/shards/index.ts';
import { AdvisoryArtifactError } from './error.ts';
import type { ArtifactShard } from './manifest.ts';

/**
 * Writes the shard of a layer to a file that is not there yet, and looks whether it is what the manifest says. Throws what
 * reading the layer throws, `LIMIT_EXCEEDED` for more bytes than were said, `LAYER_CORRUPT`, `ADVISORY_ARTIFACT_INVALID`, and
 * what `assertForeignShard` throws.
 */
export async function unpackShard(
  { layer, bytes, digest, claims }: ArtifactShard,
  artifact: Pick<OpenedArtifact, 'read'>,
  path: string,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const object = `layer ${layer.digest}`;
  const digester = createDigester(algorithmOf(digest));
  let size = 0;
  const file = await open(path, 'wx');
  try {
    for await (const chunk of decompress(artifact.read(layer, signal), { object, limit: bytes, signal })) {
      digester.update(chunk);
      await file.writeFile(chunk);
      size += chunk.length;
      progress(size, bytes);
    }
  } finally {
    await file.close();
  }
  const found = digester.digest();
  if (size !== bytes || found !== digest) {
    throw new AdvisoryArtifactError('ADVISORY_ARTIFACT_INVALID', 'not an artifact of advisories', {
      object,
      expected: `a shard of ${bytes} bytes, ${digest}, as the manifest says`,
      found: `${size} bytes, ${found}`,
    });
  }
  assertForeignShard(path, object, claims);
}
