import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readPlugin, readTheme, toCore } from './package.ts';
import { parseVersion } from './parse-version.ts';
import { isCore, pluginName, themeName } from './place.ts';

const SUFFIX = '.php';
const STYLE = '/style.css';

export const wordpress: Cataloger = {
  id: 'wordpress',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'WordPress, its plugins and themes',
    reads: [
      '**/wp-content/plugins/*.php',
      '**/wp-content/plugins/*/*.php',
      '**/wp-content/themes/*/style.css',
      '**/wp-includes/version.php',
    ],
    packageTypes: ['generic', 'wordpress-plugin', 'wordpress-theme'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://developer.wordpress.org/plugins/plugin-basics/header-requirements/',
      'https://developer.wordpress.org/themes/classic-themes/basics/main-stylesheet-style-css/',
    ],
  },
  endings: [SUFFIX, STYLE],
  // Asked for every PHP file of an image: most are told by their name alone.
  wants: ({ path }) =>
    path.endsWith(SUFFIX)
      ? pluginName(path) !== null || isCore(path)
      : path.endsWith(STYLE) && themeName(path) !== null,
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  if (isCore(path)) {
    const version = parseVersion(bytes);
    return version === null ? { unknowns: ['WordPress without a version'] } : { packages: [toCore(version)] };
  }
  const theme = themeName(path);
  const plugin = pluginName(path);
  const record =
    theme !== null ? readTheme(bytes, theme, path) : plugin === null ? null : readPlugin(bytes, plugin, path);
  return record === null ? {} : { packages: [record] };
}
