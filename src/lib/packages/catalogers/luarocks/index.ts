import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readManifest, readRockspec } from './package.ts';
import { isManifest, isRockspec, placeOf } from './place.ts';

export const luarocks: Cataloger = {
  id: 'luarocks',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Lua rocks installed by LuaRocks',
    reads: ['**/rocks-*/*/*/*.rockspec', '**/luarocks/rocks-*/manifest'],
    packageTypes: ['luarocks'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://github.com/luarocks/luarocks/wiki/Rockspec-format',
      'https://github.com/luarocks/luarocks/wiki/Manifest-file-format',
    ],
  },
  endings: ['.rockspec', '/manifest'],
  wants: ({ path }) => isManifest(path) || (isRockspec(path) && placeOf(path) !== null),
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  if (isManifest(path)) {
    return readManifest(bytes, path);
  }
  const place = placeOf(path);
  return place === null ? {} : readRockspec(bytes, place, path);
}
