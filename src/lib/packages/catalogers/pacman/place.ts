/** Where pacman keeps a folder per package, and a file with the version of the database beside them. */
export const LOCAL = 'var/lib/pacman/local';
const INSIDE = `${LOCAL}/`;

/** Wanted whole: what else is there (`mtree`, install scripts, signatures) is small, and behind a link it is read all the same. */
export function isInDatabase(path: string): boolean {
  return path.startsWith(INSIDE);
}

/** A file of a package: of `local/NAME-VERSION-RELEASE/FILE`, where neither version nor release has a dash. Null for any other. */
export function placeOf(path: string): { readonly package: string; readonly file: string } | null {
  const [folder = '', file = '', ...more] = path.slice(INSIDE.length).split('/', 3);
  const release = folder.lastIndexOf('-');
  const version = folder.lastIndexOf('-', release - 1);
  return version < 1 || more.length > 0 ? null : { package: folder.slice(0, version), file };
}
