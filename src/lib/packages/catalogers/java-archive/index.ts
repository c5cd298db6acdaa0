import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { ENDINGS, isArchive, isOther } from './entries.ts';
import { readArchive } from './read-archive.ts';

export const javaArchive: Cataloger = {
  id: 'java-archive',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  capabilities: {
    title: 'Java archives, with those inside them',
    reads: ENDINGS.map((ending) => `**/*${ending}`),
    packageTypes: ['maven'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html',
      'https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT',
      'https://maven.apache.org/shared/maven-archiver/index.html',
      'https://maven.apache.org/pom.html',
      'https://cyclonedx.org/docs/1.6/json/',
    ],
  },
  endings: ENDINGS,
  wants: ({ path }) => ENDINGS.some((ending) => path.endsWith(ending) && path.length > ending.length),
  accepts: (head) => head.length > 0 && !isOther(head),
  read: ({ bytes, path }) => (isArchive(bytes, path) ? readArchive(bytes, path) : {}),
};
