import { stat } from 'node:fs/promises';
import type { Image, LayerContent } from '#model/image.ts';
import { openRegularFile, readRange, resolveSource } from '../../files/open-file.ts';
import type { RootfsReference } from '../../reference.ts';
import type { ImageSource } from '../source.ts';

/** A root file system without an image around it: a folder, or a tarball, which is then the only layer. */
export const rootfs: ImageSource<'rootfs'> = {
  id: 'rootfs',
  open: async (reference) => {
    const path = await resolveSource(reference.path);
    if ((await stat(path)).isDirectory()) {
      return { images: [imageOf(reference, { kind: 'folder', path }, null)], close: () => Promise.resolve() };
    }
    const { handle, size } = await openRegularFile(path, reference.path);
    const open = (signal?: AbortSignal): AsyncIterable<Uint8Array> =>
      readRange(handle, 0, size, reference.path, signal);
    return { images: [imageOf(reference, { kind: 'tar', open }, size)], close: () => handle.close() };
  },
};

function imageOf(reference: RootfsReference, content: LayerContent, size: number | null): Image {
  return {
    reference: reference.text,
    source: 'rootfs',
    digest: null,
    configDigest: null,
    platform: null,
    index: null,
    config: null,
    layers: [{ index: 0, diffId: null, digest: null, size, mediaType: null, createdBy: null, content }],
    problems: [],
  };
}
