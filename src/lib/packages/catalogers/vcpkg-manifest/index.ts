import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseVcpkgManifest } from './parse-manifest.ts';

const NAMES = ['vcpkg.json'];
/** Where the manifests of ports are, in vcpkg itself and in registries and overlays of others. */
const PORTS = ['ports/'];

export const vcpkgManifest: Cataloger = {
  id: 'vcpkg-manifest',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Manifests of vcpkg',
    reads: ['**/vcpkg.json'],
    packageTypes: ['vcpkg'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://learn.microsoft.com/vcpkg/reference/vcpkg-json'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES, PORTS),
  read: ({ bytes, path }) => parseVcpkgManifest(bytes, path),
};
