import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readPackage } from './package.ts';
import { parseProject } from './parse-project.ts';
import { placeOf } from './place.ts';

const NAMES: readonly string[] = ['/Project.toml', '/JuliaProject.toml'];

export const julia: Cataloger = {
  id: 'julia',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed Julia packages',
    reads: [
      '**/packages/*/*/Project.toml',
      '**/packages/*/*/JuliaProject.toml',
      '**/share/julia/stdlib/*/*/Project.toml',
    ],
    packageTypes: ['julia'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://pkgdocs.julialang.org/v1/toml-files/', 'https://pkgdocs.julialang.org/v1/depots/'],
  },
  endings: NAMES,
  wants: ({ path }) => NAMES.some((name) => path.endsWith(name)) && placeOf(path) !== null,
  read: ({ path, bytes }) => readPackage(parseProject(bytes, path), placeOf(path) ?? 'depot', path),
};
