import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isHiddenLockFile, readOrigins } from './hidden-lock-file.ts';
import { toPackageRecord } from './package.ts';
import { fileBehind, lookUp, packagePath } from './package-path.ts';
import { parsePackageJson } from './parse-package-json.ts';

export const npm: Cataloger = {
  id: 'npm',
  version: 5,
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
      '**/npm/*/**/*/package.json',
      '**/install/cache/**/*@@@*/package.json',
      '**/node_modules/.package-lock.json',
    ],
    packageTypes: ['npm'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.npmjs.com/cli/v11/configuring-npm/package-json',
      'https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#hidden-lockfiles',
      'https://nodejs.org/api/modules.html#loading-from-node_modules-folders',
    ],
  },
  endings: ['/package.json', 'node_modules/.package-lock.json'],
  // Most files of an image end here, before their path is taken apart.
  wants: ({ path }) => (path.endsWith('/package.json') ? packagePath(path) !== 'other' : isHiddenLockFile(path)),
  fileBehind,
  lookUp,
  read: (file) => (isHiddenLockFile(file.path) ? readHiddenLockFile(file) : readPackageJson(file)),
};

function readHiddenLockFile(file: AnalysedFile): Found {
  const origins = readOrigins(file);
  return origins.length === 0 ? {} : { origins };
}

function readPackageJson(file: AnalysedFile): Found {
  const json = parsePackageJson(file.bytes, file.path);
  const place = packagePath(file.path);
  // A link leads here. What is private is part of the project: a package of this name on a registry is another one.
  if (place === 'other' && (json.isPrivate || json.name === null || json.version === null)) {
    return {};
  }
  // What npm installs has a name and a version. Fixtures of a package's own tests often do not, and are nobody's packages.
  if (place === 'embedded' && (json.name === null || json.version === null)) {
    return {};
  }
  return { packages: [toPackageRecord(json, file.path)] };
}
