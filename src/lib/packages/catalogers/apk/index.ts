import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseInstalled } from './parse-installed.ts';

/** The second is where systems with a merged /usr keep it. */
const DATABASES: readonly string[] = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];

export const apk: Cataloger = {
  id: 'apk',
  version: 4,
  knownPaths: DATABASES,
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Alpine packages (apk)',
    reads: DATABASES.map((path) => `/${path}`),
    packageTypes: ['apk'],
    database: true,
    licenses: true,
    files: true,
    dependencies: true,
    specifications: ['https://wiki.alpinelinux.org/wiki/Apk_spec'],
  },
  endings: ['/installed'],
  wants: (file) => DATABASES.includes(file.path),
  read: readInstalled,
};

function readInstalled(file: AnalysedFile): Found {
  const { entries, unknowns } = parseInstalled(file.bytes, file.path);
  const owned = entries
    .filter((entry) => entry.files.count > 0)
    .map(({ fields, files, contents }) => ({
      package: fields.get('P') ?? '',
      files: files.toText(),
      ...(contents.count === 0 ? {} : { contents: contents.toText() }),
    }));
  const names = new CapabilityNames(file.path);
  return {
    packages: entries.map((entry) => toPackageRecord(entry, names)),
    ...(owned.length === 0 ? {} : { owned }),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}
