/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** For `wants`: true where the path up to `end` has these as its last parts: `a/b` ends `x/a/b`, and not `xa/b`. */
export function endsInPath(path: string, parts: string, end = path.length): boolean {
  const start = end - parts.length;
  return start >= 0 && path.startsWith(parts, start) && (start === 0 || path[start - 1] === '/');
}
