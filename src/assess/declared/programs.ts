import { compareText } from '#base/compare.ts';
import type { FileDigests } from '#lib/layers/index.ts';
import type { Program } from '#model/report.ts';
import { layerIdOf } from '../layer-id.ts';

/** The executables of an image, by path. */
export function programsOf(files: FileDigests): readonly Program[] {
  return [...files.all()]
    .map(({ path, layer, digest }) => ({ path: `/${path}`, layer: layerIdOf(files.layers[layer]), digest }))
    .toSorted((one, other) => compareText(one.path, other.path));
}
