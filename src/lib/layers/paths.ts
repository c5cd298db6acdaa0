import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';

/** A path that may be used, or why it may not. */
export type NormalPath = { readonly path: string } | { readonly problem: string };

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * A name from an archive as a path relative to the root: `./a//b/../c/` becomes `a/c`, the root itself the empty string.
 * Absolute names are taken relative to the root, as every container runtime does. Refused: `..` that leaves the root
 * (Docker refuses the layer, containerd stays in the root, so it has no one meaning), NUL, and what is longer or deeper
 * than a file system could hold.
 */
export function normalisePath(name: string): NormalPath {
  if (name.length > LIMITS.pathBytes) {
    return { problem: `path of ${name.length} characters, at most ${LIMITS.pathBytes} are read: ${quote(name, 40)}` };
  }
  const depth = depthOfNormal(name);
  if (depth >= 0) {
    return depth > LIMITS.pathDepth ? tooDeep(name) : { path: name };
  }
  if (name.includes('\0')) {
    return { problem: `path with a NUL: ${quote(name)}` };
  }
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return { problem: `path that leaves the root: ${quote(name)}` };
      }
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts.length > LIMITS.pathDepth ? tooDeep(name) : { path: parts.join('/') };
}

/** How many parts a path has that needs no change, else -1. Most names of a layer go through here only. */
function depthOfNormal(name: string): number {
  let depth = 1;
  let start = 0;
  for (let at = 0; at <= name.length; at += 1) {
    const code = at === name.length ? SLASH : name.charCodeAt(at);
    if (code === 0) {
      return -1;
    }
    if (code !== SLASH) {
      continue;
    }
    const length = at - start;
    const dots =
      name.charCodeAt(start) === DOT && (length === 1 || (length === 2 && name.charCodeAt(start + 1) === DOT));
    if (length === 0 || dots) {
      return -1;
    }
    depth += at === name.length ? 0 : 1;
    start = at + 1;
  }
  return depth;
}

function tooDeep(name: string): NormalPath {
  return { problem: `path with more than ${LIMITS.pathDepth} folders: ${quote(name, 40)}` };
}

/** The folder of a normal path; the root's and a top-level path's is the empty string. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** The last part of a normal path. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A name below a folder, which may be the root. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
