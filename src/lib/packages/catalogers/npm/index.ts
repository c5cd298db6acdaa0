import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { lookUp, packagePath } from './package-path.ts';
import { parsePackageJson } from './parse-package-json.ts';

export const npm: Cataloger = {
  id: 'npm',
  version: 3,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed npm packages',
    reads: [
      '**/node_modules/*/package.json',
      '**/node_modules/@*/*/package.json',
      '**/corepack/*/*/*/package.json',
      '**/yarn-v*/package.json',
    ],
    packageTypes: ['npm'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.npmjs.com/cli/v11/configuring-npm/package-json',
      'https://nodejs.org/api/modules.html#loading-from-node_modules-folders',
    ],
  },
  endings: ['/package.json'],
  // Most files of an image end here, before their path is taken apart.
  wants: (file) => file.path.endsWith('/package.json') && packagePath(file.path) !== 'other',
  lookUp,
  read: readPackageJson,
};

function readPackageJson(file: AnalysedFile): Found {
  const json = parsePackageJson(file.bytes, file.path);
  // What npm installs has a name and a version. Fixtures of a package's own tests often do not, and are nobody's packages.
  if ((json.name === null || json.version === null) && packagePath(file.path) === 'embedded') {
    return {};
  }
  return { packages: [toPackageRecord(json, file.path)] };
}
