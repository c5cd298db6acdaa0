/** Portage keeps a folder per package here, in one per category. */
export const DATABASE = 'var/db/pkg';
const INSIDE = `${DATABASE}/`;

/** Where it writes what it knows of a package until all its files are in place. */
const MERGING = '-MERGING-';

/** What is known of a package from where its files are. */
export interface Place {
  /** `category/name`. */
  readonly name: string;
  /** Empty when the folder has none. */
  readonly version: string;
  readonly file: string;
}

export function isInDatabase(path: string): boolean {
  return path.startsWith(INSIDE);
}

/**
 * The package of `pkg/CATEGORY/NAME-VERSION/FILE`; `merging` for one whose installation was broken off; null for any other
 * path. Portage passes over other folders that begin with a dash or a dot (lib/portage/dbapi/vartree.py, `cp_list`).
 */
export function placeOf(path: string): Place | 'merging' | null {
  const [category = '', folder = '', file = '', ...more] = path.slice(INSIDE.length).split('/', 4);
  if (category === '' || folder === '' || file === '' || more.length > 0) {
    return null;
  }
  if (folder.startsWith(MERGING)) {
    return 'merging';
  }
  if (isHidden(category) || isHidden(folder)) {
    return null;
  }
  const [name, version] = splitVersion(folder);
  return { name: `${category}/${name}`, version, file };
}

function isHidden(folder: string): boolean {
  return folder.startsWith('-') || folder.startsWith('.');
}

/** Of `NAME-VERSION` or `NAME-VERSION-rREVISION` (Package Manager Specification, 3.1.2 and 3.2); without a version the whole is the name. */
export function splitVersion(text: string): readonly [name: string, version: string] {
  const last = text.lastIndexOf('-');
  const start = REVISION.test(text.slice(last + 1)) ? text.lastIndexOf('-', last - 1) : last;
  const end = start === last ? text.length : last;
  return start > 0 && isVersion(text.slice(start + 1, end))
    ? [text.slice(0, start), text.slice(start + 1)]
    : [text, ''];
}

const REVISION = /^r[0-9]+$/;
const NUMBERS = /^[0-9]+[a-z]?$/;
const NUMBER = /^[0-9]+$/;
const SUFFIX = /^(?:alpha|beta|pre|rc|p)[0-9]*$/;

/** Numbers with dots between them, perhaps a letter, and suffixes behind underscores. */
function isVersion(text: string): boolean {
  const [numbers = '', ...suffixes] = text.split('_');
  const parts = numbers.split('.');
  return (
    parts.every((part, index) => (index === parts.length - 1 ? NUMBERS : NUMBER).test(part)) &&
    suffixes.every((suffix) => SUFFIX.test(suffix))
  );
}
