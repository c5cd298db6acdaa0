import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { hasName } from '../../declared-packages.ts';
import { parsePom } from './parse-pom.ts';

const NAMES = ['pom.xml'];

export const javaLock: Cataloger = {
  id: 'java-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Maven projects',
    reads: ['**/pom.xml'],
    packageTypes: ['maven'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://maven.apache.org/pom.html'],
  },
  endings: NAMES,
  wants: (file) => hasName(file.path, NAMES),
  read: ({ bytes, path }) => parsePom(bytes, path),
};
