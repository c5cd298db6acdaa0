import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseDenoLock } from './parse-deno-lock.ts';

const NAMES = ['deno.lock'];

export const denoLock: Cataloger = {
  id: 'deno-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Deno lock files',
    reads: ['**/deno.lock'],
    packageTypes: ['npm'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseDenoLock(bytes, path),
};
