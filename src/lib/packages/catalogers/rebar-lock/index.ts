import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseRebarLock } from './parse-rebar-lock.ts';

const NAMES = ['rebar.lock'];
/** Where Mix puts what it fetches; packages of Hex have their lock files with them. */
const MIX_FOLDERS = ['deps/'];

export const rebarLock: Cataloger = {
  id: 'rebar-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'rebar3 lock files',
    reads: ['**/rebar.lock'],
    packageTypes: ['hex'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://rebar3.org/docs/configuration/dependencies/'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES, MIX_FOLDERS),
  read: ({ bytes, path }) => parseRebarLock(bytes, path),
};
