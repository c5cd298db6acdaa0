import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { invalid, Shape } from './shape.ts';

/** One image of a docker-archive's `manifest.json`. Paths are as written: untrusted, perhaps with backslashes. */
export interface DockerImage {
  readonly config: string;
  readonly repoTags: readonly string[];
  /** Lowest first. */
  readonly layers: readonly string[];
}

export function parseDockerManifest(bytes: Uint8Array, object: string): readonly DockerImage[] {
  const list = parseStrictJson(bytes, object);
  if (!Array.isArray(list)) {
    throw invalid(object, 'a list of images', list);
  }
  if (list.length > LIMITS.indexManifests) {
    throw limitExceeded(object, LIMITS.indexManifests, 'images', list.length);
  }
  return list.map((item, index) => readImage(new Shape(item, `${object}[${index}]`)));
}

function readImage(shape: Shape): DockerImage {
  const layers = shape.strings('Layers');
  if (layers.length > LIMITS.imageLayers) {
    throw limitExceeded(`${shape.object}, Layers`, LIMITS.imageLayers, 'layers', layers.length);
  }
  return { config: shape.string('Config'), repoTags: shape.strings('RepoTags'), layers };
}
