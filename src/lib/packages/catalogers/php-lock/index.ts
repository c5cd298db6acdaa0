import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseComposerLock } from './parse-composer-lock.ts';

const NAMES = ['composer.lock'];

export const phpLock: Cataloger = {
  id: 'php-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Composer lock files',
    reads: ['**/composer.lock'],
    packageTypes: ['composer'],
    confidence: 'declared',
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://getcomposer.org/doc/01-basic-usage.md', 'https://getcomposer.org/doc/04-schema.md'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseComposerLock(bytes, path),
};
