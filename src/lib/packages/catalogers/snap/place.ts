export type SnapFile = 'description' | 'manifest' | 'package list' | 'packed';

/** Where snapd mounts snaps, a folder per name and one per revision in it, and images have them unpacked. */
const MOUNTED: readonly string[] = ['snap/', 'var/lib/snapd/snap/'];
/** What is in the root folder of a snap. */
const INSIDE: ReadonlyMap<string, SnapFile> = new Map([
  ['meta/snap.yaml', 'description'],
  ['snap/manifest.yaml', 'manifest'],
  ['usr/share/snappy/dpkg.list', 'package list'],
  ['usr/share/snappy/dpkg.yaml', 'package list'],
]);
const ENDINGS: readonly string[] = [...INSIDE.keys()];
/** Snaps that are installed, and those that are to be when a system starts for the first time. */
const SNAPD = 'var/lib/snapd/';
const PACKED = '.snap';

/** True for some files that are none of these too. */
export function isSnapPath(path: string): boolean {
  return ENDINGS.some((ending) => path.endsWith(ending)) || (path.startsWith(SNAPD) && path.endsWith(PACKED));
}

/** Which file of a snap is at a path; of one that is the root folder of the image as well. Null for any other. */
export function snapFileOf(path: string): SnapFile | null {
  const mount = MOUNTED.find((folder) => path.startsWith(folder)) ?? '';
  const name = path.indexOf('/', mount.length);
  const revision = path.indexOf('/', name + 1);
  const inside = mount === '' || name === -1 || revision === -1 ? null : (INSIDE.get(path.slice(revision + 1)) ?? null);
  const isPacked = path.startsWith(SNAPD) && path.endsWith(PACKED);
  return inside ?? INSIDE.get(path) ?? (isPacked ? 'packed' : null);
}
