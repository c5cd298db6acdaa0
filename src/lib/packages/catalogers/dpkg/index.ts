import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseList } from '../../dpkg-format/parse-list.ts';
import { parseStatus } from '../../dpkg-format/parse-status.ts';
import { toPackageRecord } from './package.ts';
import { parseDiversions } from './parse-diversions.ts';
import { parseMd5sums } from './parse-md5sums.ts';

const DATABASE = 'var/lib/dpkg/status';
/** Images without dpkg keep one file per package here, with its checksums beside it. */
const FOLDER = 'var/lib/dpkg/status.d';
const IN_FOLDER = `${FOLDER}/`;
const CHECKSUMS = '.md5sums';
const INFO = 'var/lib/dpkg/info/';
const LIST = '.list';
const DIVERSIONS = 'var/lib/dpkg/diversions';

export const dpkg: Cataloger = {
  id: 'dpkg',
  version: 4,
  knownPaths: [DATABASE, FOLDER],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Debian packages (dpkg)',
    reads: [
      '/var/lib/dpkg/status',
      '/var/lib/dpkg/status.d/*',
      '/var/lib/dpkg/info/*.list',
      '/var/lib/dpkg/info/*.md5sums',
      '/var/lib/dpkg/diversions',
    ],
    packageTypes: ['deb'],
    database: true,
    licenses: false,
    files: true,
    dependencies: true,
    specifications: [
      'https://man7.org/linux/man-pages/man5/deb822.5.html',
      'https://www.debian.org/doc/debian-policy/ch-controlfields.html',
      'https://man7.org/linux/man-pages/man5/deb-md5sums.5.html',
      'https://man7.org/linux/man-pages/man1/dpkg-divert.1.html',
    ],
  },
  beginnings: ['var/lib/dpkg/'],
  wants: ({ path }) => path === DATABASE || path.startsWith(IN_FOLDER) || isInfo(path) || path === DIVERSIONS,
  read: readFile,
};

function isInfo(path: string): boolean {
  return path.startsWith(INFO) && (path.endsWith(LIST) || path.endsWith(CHECKSUMS));
}

function readFile(file: AnalysedFile): Found {
  if (file.path.startsWith(INFO) && file.path.endsWith(LIST)) {
    return { owned: [parseList(file.bytes, file.path)] };
  }
  if (file.path === DIVERSIONS) {
    return { diversions: parseDiversions(file.bytes, file.path) };
  }
  if (file.path.endsWith(CHECKSUMS)) {
    return { owned: [parseMd5sums(file.bytes, file.path, file.path.startsWith(IN_FOLDER))] };
  }
  return readStatus(file);
}

function readStatus(file: AnalysedFile): Found {
  const { entries, unknowns } = parseStatus(file.bytes, file.path);
  const names = new CapabilityNames(file.path);
  return {
    packages: entries.map((entry) => toPackageRecord(entry, names)),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}
