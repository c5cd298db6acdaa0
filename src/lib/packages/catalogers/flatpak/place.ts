/** What the folders say in which an application or a runtime is installed. */
export interface FlatpakPlace {
  readonly id: string;
  readonly architecture: string;
  readonly branch: string;
}

const KINDS: ReadonlySet<string> = new Set(['app', 'runtime']);
const COMMIT = /^[0-9a-f]{64}$/;
/** `{app,runtime}/ID/ARCHITECTURE/BRANCH/COMMIT/deploy`, below the folder of any installation. */
const PARTS = 6;
/** Longer than the ids and branches that Flatpak takes, which have 255 characters at most. */
const PLACE_CHARS = 1024;

/** Null for a file of that name that is none of Flatpak's. */
export function placeOf(path: string): FlatpakPlace | null {
  const parts = path.slice(-PLACE_CHARS).split('/').slice(-PARTS);
  const [kind = '', id = '', architecture = '', branch = '', commit = ''] = parts;
  const isPlace = parts.length === PARTS && KINDS.has(kind) && COMMIT.test(commit);
  return isPlace && ![id, architecture, branch].includes('') ? { id, architecture, branch } : null;
}
