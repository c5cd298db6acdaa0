import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseCargoLock } from './parse-cargo-lock.ts';

const NAMES = ['Cargo.lock'];

export const cargoLock: Cataloger = {
  id: 'cargo-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Cargo lock files',
    reads: ['**/Cargo.lock'],
    packageTypes: ['cargo'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html',
      'https://doc.rust-lang.org/cargo/reference/resolver.html',
    ],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseCargoLock(bytes, path),
};
