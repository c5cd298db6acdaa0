import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseManifest } from './parse-manifest.ts';

const NAMES = ['Manifest.toml', 'JuliaManifest.toml'];

export const juliaLock: Cataloger = {
  id: 'julia-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Julia manifests',
    reads: ['**/Manifest.toml', '**/JuliaManifest.toml'],
    packageTypes: ['julia'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://pkgdocs.julialang.org/v1/toml-files/'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseManifest(bytes, path),
};
