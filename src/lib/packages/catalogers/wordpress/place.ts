import { endsInPath } from '../../paths.ts';

const PLUGINS = 'wp-content/plugins';
const THEMES = 'wp-content/themes';
const VERSION = 'wp-includes/version.php';

/** The file in which WordPress has its own version. */
export function isCore(path: string): boolean {
  return endsInPath(path, VERSION);
}

/**
 * What WordPress calls a plugin by: its folder, or the file itself where it has none. Null for a file where WordPress looks
 * for no plugin: deeper ones, and hidden ones.
 */
export function pluginName(path: string): string | null {
  const slash = path.lastIndexOf('/');
  if (endsInPath(path, PLUGINS, slash)) {
    return path[slash + 1] === '.' ? null : path.slice(slash + 1, -'.php'.length);
  }
  return path[slash + 1] === '.' ? null : folderIn(path, PLUGINS);
}

/** The folder of a theme, which WordPress calls it by; null for a file that lies elsewhere. */
export function themeName(path: string): string | null {
  return folderIn(path, THEMES);
}

/** The name of the file's folder where that lies in this one, and is not hidden. */
function folderIn(path: string, folder: string): string | null {
  const slash = path.lastIndexOf('/');
  const outer = path.lastIndexOf('/', slash - 1);
  if (slash < 1 || !endsInPath(path, folder, outer) || path[outer + 1] === '.') {
    return null;
  }
  return slash === outer + 1 ? null : path.slice(outer + 1, slash);
}
