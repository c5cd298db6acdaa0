import { type Digest, isDigest } from '#base/digest.ts';
import type { Image } from '#model/image.ts';
import type { LayerFacts } from '#model/layer.ts';
import { type ReadLayerOptions, readLayer } from '../read-layer.ts';
import { squash } from '../squash/squash.ts';
import type { SquashedView } from '../squash/view.ts';

/** An executable of the squashed view: only of these the walk takes digests. */
export interface ExecutableFile {
  /** In the squashed view, without a leading slash. */
  readonly path: string;
  /** Index of the layer that holds it. */
  readonly layer: number;
  readonly digest: Digest;
}

/** What is at a path once links are followed: `no-digest` for anything that is not an executable. */
export type FoundFile = ExecutableFile | 'missing' | 'no-digest';

/** The executables of an image with the digests of their contents. */
export class FileDigests {
  readonly layers: readonly LayerFacts[];
  readonly #view: SquashedView;
  /** By layer and path there. */
  readonly #digests: ReadonlyMap<string, ExecutableFile>;

  constructor(layers: readonly LayerFacts[]) {
    this.layers = layers;
    this.#view = squash(layers);
    const digests = new Map<string, ExecutableFile>();
    for (const { path, entry, layer } of this.#view.entries()) {
      const digest = `sha256:${entry.sha256 ?? ''}`;
      if (isDigest(digest)) {
        digests.set(`${layer} ${entry.path}`, { path, layer, digest });
      }
    }
    this.#digests = digests;
  }

  /** By layer from the lowest, in the order of the tar. */
  all(): Iterable<ExecutableFile> {
    return this.#digests.values();
  }

  /** `path` is absolute or relative to the root. */
  find(path: string): FoundFile {
    const found = this.#view.resolve(path.replace(/^\/+/, ''));
    if ('problem' in found) {
      return 'missing';
    }
    const { layer, path: inLayer } = found.origin;
    return this.#digests.get(`${layer} ${inLayer}`) ?? 'no-digest';
  }
}

/** From the file tables of the layers, which are at hand once the layers were read. Throws what `readLayer` and `squash` throw. */
export async function readFileDigests(image: Image, options: ReadLayerOptions): Promise<FileDigests> {
  const layers: LayerFacts[] = [];
  for (const layer of image.layers) {
    layers.push(await readLayer(layer, [], options));
  }
  return new FileDigests(layers);
}
