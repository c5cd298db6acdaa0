import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { hasName, isDeclaration } from '../../declared-packages.ts';
import { parseGradleLockfile } from './parse-gradle-lockfile.ts';
import { parsePom } from './parse-pom.ts';

const POM = ['pom.xml'];
const NAMES = [...POM, 'gradle.lockfile', 'buildscript-gradle.lockfile'];

export const javaLock: Cataloger = {
  id: 'java-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Maven projects and Gradle lock files',
    reads: ['**/pom.xml', '**/gradle.lockfile', '**/buildscript-gradle.lockfile'],
    packageTypes: ['maven'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://maven.apache.org/pom.html',
      'https://docs.gradle.org/current/userguide/dependency_locking.html',
    ],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => (hasName(path, POM) ? parsePom(bytes, path) : parseGradleLockfile(bytes, path)),
};
