import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { toFound } from './package.ts';
import { parseGoMod } from './parse-go-mod.ts';

const NAMES = ['go.mod'];

export const goMod: Cataloger = {
  id: 'go-mod',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Go module files',
    reads: ['**/go.mod'],
    packageTypes: ['golang'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://go.dev/ref/mod#go-mod-file', 'https://go.dev/doc/toolchain'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => toFound(parseGoMod(bytes, path), path),
};
