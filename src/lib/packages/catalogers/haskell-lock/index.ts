import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { hasName, isDeclaration } from '../../declared-packages.ts';
import { parseCabalFreeze } from './parse-cabal-freeze.ts';
import { parseStackLock } from './parse-stack-lock.ts';

const CABAL = ['cabal.project.freeze'];
const NAMES = [...CABAL, 'stack.yaml.lock'];

export const haskellLock: Cataloger = {
  id: 'haskell-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Haskell freezes and lock files (cabal, Stack)',
    reads: ['**/cabal.project.freeze', '**/stack.yaml.lock'],
    packageTypes: ['hackage'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze',
      'https://docs.haskellstack.org/en/stable/topics/lock_files/',
    ],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => (hasName(path, CABAL) ? parseCabalFreeze(bytes, path) : parseStackLock(bytes, path)),
};
