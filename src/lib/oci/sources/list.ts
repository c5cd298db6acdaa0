import { archive } from './archive/index.ts';
import { containerd } from './containerd/index.ts';
import { docker } from './docker/index.ts';
import { dockerArchive } from './docker-archive/index.ts';
import { layout } from './layout/index.ts';
import { podman } from './podman/index.ts';
import { registry } from './registry/index.ts';
import { rootfs } from './rootfs/index.ts';
import type { ImageSource, Scheme } from './source.ts';

/** Every image source, by the scheme that it opens. A test compares it with the folders. */
export const sources: { readonly [S in Scheme]: ImageSource<S> } = {
  containerd,
  docker,
  'docker-archive': dockerArchive,
  oci: layout,
  'oci-archive': archive,
  podman,
  registry,
  rootfs,
};
