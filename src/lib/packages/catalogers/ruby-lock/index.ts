import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseGemfileLock } from './parse-gemfile-lock.ts';

/** The second is what Bundler writes for a `gems.rb`. */
const NAMES = ['Gemfile.lock', 'gems.locked'];

export const rubyLock: Cataloger = {
  id: 'ruby-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Bundler lock files',
    reads: ['**/Gemfile.lock', '**/gems.locked'],
    packageTypes: ['gem'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://bundler.io/guides/rationale.html', 'https://bundler.io/man/gemfile.5.html'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseGemfileLock(bytes, path),
};
