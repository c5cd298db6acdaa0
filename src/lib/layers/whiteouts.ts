import { quote } from '#base/error.ts';
import { baseOf, joinPath, parentOf } from './paths.ts';

const PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

export type Whiteout =
  /** The path is deleted from the layers below. */
  | { readonly kind: 'delete'; readonly path: string }
  /** The content of the folder in the layers below is hidden. */
  | { readonly kind: 'opaque'; readonly path: string }
  /** Book-keeping of AUFS that is no file of the image. */
  | { readonly kind: 'metadata' }
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * What an entry of a layer says about the layers below (OCI image-spec, layer.md, Whiteouts), or null for an ordinary
 * one. Only the last part of a path counts, and only its start: `/wheel` and `/which` are files like any other.
 */
export function parseWhiteout(path: string): Whiteout | null {
  if (path.startsWith(META_PREFIX) && path !== OPAQUE) {
    return { kind: 'metadata' };
  }
  if (!path.startsWith(PREFIX, path.lastIndexOf('/') + 1)) {
    return null;
  }
  const base = baseOf(path);
  const folder = parentOf(path);
  if (base === OPAQUE) {
    return { kind: 'opaque', path: folder };
  }
  if (base.startsWith(META_PREFIX)) {
    return { kind: 'metadata' };
  }
  const deleted = base.slice(PREFIX.length);
  if (deleted === '' || deleted === '.' || deleted === '..') {
    return { kind: 'invalid', problem: `whiteout that names no file: ${quote(path)}` };
  }
  return { kind: 'delete', path: joinPath(folder, deleted) };
}
