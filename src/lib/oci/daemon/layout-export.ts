import type { Digest } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import { parseManifest } from '../documents/manifest.ts';
import type { FileSet } from '../files/file-set.ts';
import { blobPath, readStored } from '../images/blobs.ts';
import { hasDigest } from './documents.ts';

/** An image in an export: its config, verified, and the names of its layers in the order of the manifest. */
export interface ExportedImage {
  readonly config: Uint8Array;
  readonly layers: readonly string[];
}

/**
 * The image whose config has that digest, in an export that is an OCI layout; null when there is none. Its manifest
 * was made for the export, and says nothing but where the layers are: what they hold is verified by the config.
 */
export async function readLayoutExport(
  files: FileSet,
  config: Digest,
  signal?: AbortSignal,
): Promise<ExportedImage | null> {
  const document = async (path: string, limit: number): Promise<Uint8Array | null> => {
    const file = await files.find(path);
    return file === null ? null : await readStored(file, limit, `${path} of ${files.object}`, signal);
  };
  const index = await document('index.json', LIMITS.manifestBytes);
  const listed = index === null ? null : parseManifest(index, null, `index.json of ${files.object}`);
  for (const { digest } of listed?.kind === 'index' ? listed.manifests : []) {
    const bytes = await document(blobPath(digest), LIMITS.manifestBytes);
    const manifest = bytes === null ? null : parseManifest(bytes, null, `manifest ${digest} of ${files.object}`);
    if (manifest?.kind === 'manifest' && manifest.config.digest === config) {
      const found = await document(blobPath(config), LIMITS.configBytes);
      return found === null || !hasDigest(found, config)
        ? null
        : { config: found, layers: manifest.layers.map((layer) => blobPath(layer.digest)) };
    }
  }
  return null;
}
