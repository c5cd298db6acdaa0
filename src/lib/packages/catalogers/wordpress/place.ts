const PLUGINS = 'wp-content/plugins';

/**
 * What WordPress calls a plugin by: its folder, or the file itself where it has none. Null for a file where WordPress looks
 * for no plugin: deeper ones, and hidden ones.
 */
export function pluginName(path: string): string | null {
  const slash = path.lastIndexOf('/');
  if (isPlugins(path, slash)) {
    return path[slash + 1] === '.' ? null : path.slice(slash + 1, -'.php'.length);
  }
  const outer = path.lastIndexOf('/', slash - 1);
  if (slash < 1 || !isPlugins(path, outer) || path[outer + 1] === '.' || path[slash + 1] === '.') {
    return null;
  }
  return slash === outer + 1 ? null : path.slice(outer + 1, slash);
}

/** True when the path up to `end` is that of a folder for plugins. */
function isPlugins(path: string, end: number): boolean {
  const start = end - PLUGINS.length;
  return start >= 0 && path.startsWith(PLUGINS, start) && (start === 0 || path[start - 1] === '/');
}
