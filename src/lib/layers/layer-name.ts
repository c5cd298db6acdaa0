import type { Layer } from '#model/image.ts';

/** `layer sha256:…`, by the digest that the user can find in the image's documents; a rootfs has none. */
export function layerName(layer: Layer): string {
  const digest = layer.digest ?? layer.diffId;
  return digest === null ? 'the root file system' : `layer ${digest}`;
}
