import type { Cataloger } from '../../cataloger.ts';
import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';
import { entryKind } from '../java-archive/entries.ts';
import { toCoordinates } from '../java-archive/package.ts';
import { parseProperties } from '../java-archive/parse-properties.ts';

const NAME = '/pom.properties';

export const javaUnpacked: Cataloger = {
  id: 'java-unpacked',
  version: 1,
  knownPaths: [],
  maxFileBytes: 16 * 1024,
  digests: true,
  capabilities: {
    title: 'Java archives that were unpacked',
    reads: ['**/META-INF/maven/*/*/pom.properties'],
    packageTypes: ['maven'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://maven.apache.org/shared/maven-archiver/index.html'],
  },
  endings: [NAME],
  wants: ({ path }) => path.endsWith(NAME) && entryKind(path) === 'description',
  read: ({ bytes, path }) => {
    const properties = parseProperties(decodeText(bytes));
    const value = (key: string): string => properties.get(key)?.trim() ?? '';
    const coordinates = toCoordinates(value('groupId'), value('artifactId'), value('version'));
    if (coordinates === null) {
      throw new PackagesError('PACKAGE_METADATA_INVALID', 'no package of Maven', {
        object: path,
        expected: 'a group and an artifact',
        found: 'none',
      });
    }
    const { group, artifact, version } = coordinates;
    return { packages: [{ type: 'maven', name: `${group}:${artifact}`, version, licenses: [] }] };
  },
};
