import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { hasName, isBroughtAlong, isDeclaration } from '../../declared-packages.ts';
import { parseGradleLockfile } from './parse-gradle-lockfile.ts';
import { parsePom } from './parse-pom.ts';
import { parseSbtLock } from './parse-sbt-lock.ts';

const POM = ['pom.xml'];
const NAMES = [...POM, 'gradle.lockfile', 'buildscript-gradle.lockfile'];
/** `build.sbt.lock`, and of a project in a build of several `NAME.sbt.lock`. */
const SBT = '.sbt.lock';

export const javaLock: Cataloger = {
  id: 'java-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Maven projects, lock files of Gradle and sbt',
    reads: ['**/pom.xml', '**/gradle.lockfile', '**/buildscript-gradle.lockfile', '**/*.sbt.lock'],
    packageTypes: ['maven'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://maven.apache.org/pom.html',
      'https://docs.gradle.org/current/userguide/dependency_locking.html',
      'https://stringbean.github.io/sbt-dependency-lock/file-formats/version-1.html',
    ],
  },
  endings: [...NAMES, SBT],
  wants: ({ path }) => isDeclaration(path, NAMES) || (path.endsWith(SBT) && !isBroughtAlong(path)),
  read,
};

function read({ bytes, path }: AnalysedFile): Found {
  if (path.endsWith(SBT)) {
    return parseSbtLock(bytes, path);
  }
  return hasName(path, POM) ? parsePom(bytes, path) : parseGradleLockfile(bytes, path);
}
