import type { Digest } from '#base/digest.ts';
import type { LayerReading } from '#lib/layers/index.ts';

/** What a layer is called: the diffID that the config promises, else that of the tar as it was read; a folder has none. */
export function layerIdOf(layer: LayerReading | undefined): Digest | null {
  return layer?.diffId ?? layer?.actualDiffId ?? null;
}
