import type { PackageSource } from '#model/package.ts';

const SUFFIXES: readonly string[] = ['.src.rpm', '.nosrc.rpm'];

/**
 * `name-version-release.src.rpm`, or `.nosrc.rpm` where the sources may not be passed on: neither version nor release has a
 * dash. Its epoch is not in it. Null for anything else.
 */
export function parseSourceFile(file: string): PackageSource | null {
  const suffix = SUFFIXES.find((each) => file.endsWith(each));
  const stem = file.slice(0, -(suffix?.length ?? file.length));
  const release = stem.lastIndexOf('-');
  const version = stem.lastIndexOf('-', release - 1);
  return release < 1 || version < 1 ? null : { name: stem.slice(0, version), version: stem.slice(version + 1) };
}
