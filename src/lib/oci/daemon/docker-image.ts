import { type Digest, hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Image } from '#model/image.ts';
import { parseConfig } from '../documents/config.ts';
import { parseDockerManifest } from '../documents/docker-manifest.ts';
import type { FileSet, StoredFile } from '../files/file-set.ts';
import { readStored } from '../images/blobs.ts';
import { openDocker } from '../images/docker.ts';
import type { OpenOptions } from '../images/options.ts';
import type { DaemonReference } from '../reference.ts';
import { fileOf, hasDigest } from './documents.ts';
import { DaemonError } from './error.ts';
import type { Export } from './export.ts';
import { type ExportedImage, readLayoutExport } from './layout-export.ts';

/**
 * An image whose id is the digest of its config, from that config alone: the layers are exported when the first of them
 * is opened. It is read as a docker-archive of that one image, so that both have one code.
 */
export async function openDockerImage(
  exported: Export,
  id: Digest,
  config: Uint8Array,
  reference: DaemonReference,
  options: OpenOptions,
): Promise<Image> {
  const { diffIds } = parseConfig(config, `config ${id} of ${exported.object}`).config;
  const name = `${hexOf(id)}.json`;
  const layers = diffIds.map((_, index) => `${index}.tar`);
  const archive = new Map<string, StoredFile>([
    ['manifest.json', fileOf(Buffer.from(JSON.stringify([{ Config: name, RepoTags: null, Layers: layers }])))],
    [name, fileOf(config)],
    ...layers.map((layer, index) => [layer, layerFile(exported, id, index, layers.length)] as const),
  ]);
  const files: FileSet = {
    object: exported.object,
    find: async (path) => await Promise.resolve(archive.get(path) ?? null),
    close: () => exported.close(),
  };
  const image = await openDocker(
    files,
    { source: 'docker-archive', text: reference.text, path: '', name: id },
    options,
  );
  // What an export stores depends on the daemon and is not known before it is made.
  const unsized = image.layers.map((layer) => ({ ...layer, size: null }));
  return { ...image, source: reference.source, layers: unsized };
}

/** What an export says of the image with that id, its config read and verified: in manifest.json, or where there is none as a layout. */
export async function readDockerExport(files: FileSet, id: Digest, signal?: AbortSignal): Promise<ExportedImage> {
  const object = `manifest.json of ${files.object}`;
  const file = await files.find('manifest.json');
  if (file === null) {
    const image = await readLayoutExport(files, id, signal);
    if (image === null) {
      throw anotherImage(files, id, 'no manifest.json');
    }
    return image;
  }
  const images = parseDockerManifest(await readStored(file, LIMITS.manifestBytes, object, signal), object);
  for (const image of images) {
    const stored = await files.find(image.config);
    const config = await (stored === null
      ? null
      : readStored(stored, LIMITS.configBytes, `config of ${files.object}`, signal));
    if (config !== null && hasDigest(config, id)) {
      return { config, layers: image.layers };
    }
  }
  throw anotherImage(files, id, images[0] === undefined ? 'no image' : `the config ${quote(images[0].config)}`);
}

function layerFile(exported: Export, id: Digest, index: number, count: number): StoredFile {
  return {
    size: 0,
    async *open(signal) {
      const files = await exported.files();
      signal?.throwIfAborted();
      const { layers } = await readDockerExport(files, id, signal);
      const file = await files.find(layers[index] ?? '');
      if (layers.length !== count || file === null) {
        throw new DaemonError('DAEMON_ANSWER_INVALID', 'the export has not the layers of its image', {
          object: files.object,
          expected: `${count} layers`,
          found: file === null ? `no layer ${index}` : `${layers.length}`,
        });
      }
      yield* file.open(signal);
    },
  };
}

function anotherImage(files: FileSet, id: Digest, found: string): DaemonError {
  return new DaemonError('DAEMON_ANSWER_INVALID', 'the daemon exported another image than it named', {
    object: files.object,
    expected: `a config with the digest ${id}`,
    found,
  });
}
