import { endsInPath } from '../../paths.ts';

const FOLDER = '.meta';

export interface Place {
  /** `libwww-perl-6.67`: the archive that was installed, without its ending. */
  readonly distribution: string;
  /** What the distribution says of itself, or what the installer says of it. */
  readonly file: 'MYMETA.json' | 'install.json';
}

/** Of a file `.meta/DISTRIBUTION-VERSION/FILE`; null for any other. */
export function placeOf(path: string): Place | null {
  const slash = path.lastIndexOf('/');
  const outer = path.lastIndexOf('/', slash - 1);
  const file = path.endsWith('/MYMETA.json') ? 'MYMETA.json' : 'install.json';
  if (slash < 1 || slash - outer < 2 || !path.endsWith(`/${file}`) || !endsInPath(path, FOLDER, outer)) {
    return null;
  }
  return { distribution: path.slice(outer + 1, slash), file };
}
