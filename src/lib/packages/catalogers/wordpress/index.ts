import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readPlugin } from './package.ts';
import { pluginName } from './place.ts';

const SUFFIX = '.php';

export const wordpress: Cataloger = {
  id: 'wordpress',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed plugins of WordPress',
    reads: ['**/wp-content/plugins/*.php', '**/wp-content/plugins/*/*.php'],
    packageTypes: ['wordpress-plugin'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://developer.wordpress.org/plugins/plugin-basics/header-requirements/'],
  },
  endings: [SUFFIX],
  // Asked for every PHP file of an image: most are told by their name alone.
  wants: ({ path }) => path.endsWith(SUFFIX) && pluginName(path) !== null,
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  const name = pluginName(path);
  const plugin = name === null ? null : readPlugin(bytes, name, path);
  return plugin === null ? {} : { packages: [plugin] };
}
