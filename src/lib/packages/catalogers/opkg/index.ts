import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseList } from '../../dpkg-format/parse-list.ts';
import { parseRelation } from '../../dpkg-format/parse-relation.ts';
import { parseStatus, type StatusEntry } from '../../dpkg-format/parse-status.ts';

/** The first is that of OpenWrt, the second that of systems built with Yocto. */
const FOLDERS: readonly string[] = ['usr/lib/opkg', 'var/lib/opkg'];
const DATABASES: readonly string[] = FOLDERS.map((folder) => `${folder}/status`);
const INFO: readonly string[] = FOLDERS.map((folder) => `${folder}/info/`);
const CONTROL = '.control';
const LIST = '.list';

export const opkg: Cataloger = {
  id: 'opkg',
  version: 1,
  knownPaths: DATABASES,
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'OpenWrt and Yocto packages (opkg)',
    reads: FOLDERS.flatMap((folder) => ['status', `info/*${CONTROL}`, `info/*${LIST}`].map((at) => `/${folder}/${at}`)),
    packageTypes: ['opkg'],
    database: true,
    licenses: true,
    files: true,
    dependencies: true,
    specifications: [
      'https://git.yoctoproject.org/opkg/tree/libopkg',
      'https://man7.org/linux/man-pages/man5/deb822.5.html',
    ],
  },
  beginnings: FOLDERS,
  wants: ({ path }) => DATABASES.includes(path) || isInfo(path),
  read: readFile,
};

function isInfo(path: string): boolean {
  return (path.endsWith(CONTROL) || path.endsWith(LIST)) && INFO.some((folder) => path.startsWith(folder));
}

/** `status` has every package and its state; what else is known of one stands in its control file. */
function readFile({ path, bytes }: AnalysedFile): Found {
  if (path.endsWith(LIST)) {
    return { owned: [parseList(bytes, path, 'paths and modes')] };
  }
  const { entries, unknowns } = parseStatus(bytes, path);
  const names = new CapabilityNames(path);
  return {
    packages: entries.map((entry) => toPackageRecord(entry, names)),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}

/** `Source` is a recipe, a folder or an address there, and no source package. */
function toPackageRecord(entry: StatusEntry, names: CapabilityNames): PackageRecord {
  const { name, version, architecture, maintainer, license } = entry;
  return {
    type: 'opkg',
    name,
    version,
    ...(architecture === undefined ? {} : { architecture }),
    ...(maintainer === undefined ? {} : { vendor: maintainer }),
    ...names.of(name, parseRelation(entry.depends), parseRelation(entry.provides)),
    licenses: license === undefined ? [] : [license],
  };
}
