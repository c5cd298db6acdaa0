import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseStatus } from './parse-status.ts';

const DATABASE = 'var/lib/dpkg/status';
/** Images without dpkg keep one file per package here, with its checksums beside it. */
const FOLDER = 'var/lib/dpkg/status.d';

export const dpkg: Cataloger = {
  id: 'dpkg',
  version: 1,
  knownPaths: [DATABASE, FOLDER],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Debian packages (dpkg)',
    reads: ['/var/lib/dpkg/status', '/var/lib/dpkg/status.d/*'],
    packageTypes: ['deb'],
    database: true,
    licenses: false,
    files: false,
    specifications: [
      'https://man7.org/linux/man-pages/man5/deb822.5.html',
      'https://www.debian.org/doc/debian-policy/ch-controlfields.html',
    ],
  },
  wants: (file) => isDatabase(file.path),
  read: readStatus,
};

function isDatabase(path: string): boolean {
  return path === DATABASE || (path.startsWith(`${FOLDER}/`) && !path.endsWith('.md5sums'));
}

function readStatus(file: AnalysedFile): Found {
  // The folder is looked up as a whole, checksum files included.
  if (!isDatabase(file.path)) {
    return {};
  }
  const { entries, unknowns } = parseStatus(file.bytes, file.path);
  return { packages: entries.map(toPackageRecord), ...(unknowns.length === 0 ? {} : { unknowns }) };
}
