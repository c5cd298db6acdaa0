import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseDiversions } from './parse-diversions.ts';
import { parseList } from './parse-list.ts';
import { parseStatus } from './parse-status.ts';

const DATABASE = 'var/lib/dpkg/status';
/** Images without dpkg keep one file per package here, with its checksums beside it. */
const FOLDER = 'var/lib/dpkg/status.d';
const LISTS = 'var/lib/dpkg/info/';
const DIVERSIONS = 'var/lib/dpkg/diversions';

export const dpkg: Cataloger = {
  id: 'dpkg',
  version: 2,
  knownPaths: [DATABASE, FOLDER],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Debian packages (dpkg)',
    reads: [
      '/var/lib/dpkg/status',
      '/var/lib/dpkg/status.d/*',
      '/var/lib/dpkg/info/*.list',
      '/var/lib/dpkg/diversions',
    ],
    packageTypes: ['deb'],
    database: true,
    licenses: false,
    files: true,
    specifications: [
      'https://man7.org/linux/man-pages/man5/deb822.5.html',
      'https://www.debian.org/doc/debian-policy/ch-controlfields.html',
      'https://man7.org/linux/man-pages/man1/dpkg-divert.1.html',
    ],
  },
  wants: ({ path }) => isDatabase(path) || isList(path) || path === DIVERSIONS,
  read: readFile,
};

function isDatabase(path: string): boolean {
  return path === DATABASE || (path.startsWith(`${FOLDER}/`) && !path.endsWith('.md5sums'));
}

function isList(path: string): boolean {
  return path.startsWith(LISTS) && path.endsWith('.list');
}

function readFile(file: AnalysedFile): Found {
  if (isList(file.path)) {
    return { owned: [parseList(file.bytes, file.path)] };
  }
  if (file.path === DIVERSIONS) {
    return { diversions: parseDiversions(file.bytes, file.path) };
  }
  // The folder is looked up as a whole, checksum files included.
  return isDatabase(file.path) ? readStatus(file) : {};
}

function readStatus(file: AnalysedFile): Found {
  const { entries, unknowns } = parseStatus(file.bytes, file.path);
  return { packages: entries.map(toPackageRecord), ...(unknowns.length === 0 ? {} : { unknowns }) };
}
