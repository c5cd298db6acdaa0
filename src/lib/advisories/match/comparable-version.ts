import type { PackageType } from '#model/package.ts';

/**
 * The version to hold against advisories. The name of a branch, or a tag that moves from release to release, has a place in its scheme's
 * order and still says nothing of what is installed: it becomes a text that no scheme reads, which says why.
 */
export function comparableVersion(type: PackageType, version: string): string {
  switch (type) {
    case 'composer':
      return version.startsWith('dev-') || version.endsWith('-dev') ? `${version} (a branch)` : version;
    case 'github':
      return /^v?[0-9]+(?:\.[0-9]+)?$/.test(version) ? `${version} (a tag that moves)` : version;
    default:
      return version;
  }
}
