const SUFFIX = '.rockspec';

/** A rock as its folders call it: names in lower case, versions with the revision of the rockspec. */
export interface Place {
  readonly name: string;
  readonly version: string;
}

export function isRockspec(path: string): boolean {
  return path.endsWith(SUFFIX);
}

/** The list of all rocks in a tree. */
export function isManifest(path: string): boolean {
  if (!path.endsWith('/manifest')) {
    return false;
  }
  const [tree = '', rocks = ''] = path.split('/').slice(-3);
  return tree === 'luarocks' && isRocks(rocks);
}

/** Of `rocks-5.1/NAME/VERSION/NAME-VERSION.rockspec`; null for one in any other place, which is a rock's source. */
export function placeOf(path: string): Place | null {
  const [rocks = '', name = '', version = '', file = ''] = path.split('/').slice(-4);
  const isInstalled = isRocks(rocks) && name !== '' && version !== '' && file === `${name}-${version}${SUFFIX}`;
  return isInstalled ? { name, version } : null;
}

/** Older ones without the version of Lua. */
function isRocks(folder: string): boolean {
  return folder === 'rocks' || folder.startsWith('rocks-');
}
