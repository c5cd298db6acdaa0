import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { type InstalledPort, parseVcpkgStatus } from './parse-status.ts';

const STATUS = 'vcpkg/status';
const UPDATES = 'vcpkg/updates/';
/** What vcpkg has not written to its end. */
const INCOMPLETE = `${UPDATES}incomplete`;

export const vcpkg: Cataloger = {
  id: 'vcpkg',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  digests: true,
  capabilities: {
    title: 'Ports that vcpkg installed',
    reads: ['**/vcpkg/status', '**/vcpkg/updates/*'],
    packageTypes: ['vcpkg'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://learn.microsoft.com/vcpkg/reference/installation-tree-layout',
      'https://github.com/microsoft/vcpkg-tool',
    ],
  },
  wants: ({ path }) => isIn(path, STATUS) || isUpdate(path),
  // Each tree of installed ports is complete by itself.
  environment: (path) => path.slice(0, path.lastIndexOf('vcpkg/')),
  read: readFile,
};

function isUpdate(path: string): boolean {
  const folder = path.lastIndexOf('/') + 1;
  return folder > 0 && path.endsWith(UPDATES, folder) && isFolder(path, folder) && !isIn(path, INCOMPLETE);
}

/** `vcpkg` itself and no folder whose name ends so. */
function isFolder(path: string, end: number): boolean {
  const start = end - UPDATES.length;
  return start === 0 || path.charAt(start - 1) === '/';
}

function isIn(path: string, file: string): boolean {
  return path.endsWith(file) && (path.length === file.length || path.charAt(path.length - file.length - 1) === '/');
}

function readFile({ path, bytes }: AnalysedFile): Found {
  const { ports, unknowns } = parseVcpkgStatus(bytes, path);
  const names = new CapabilityNames(path);
  return {
    packages: ports.map((port) => toPackageRecord(port, names)),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}

function toPackageRecord(port: InstalledPort, names: CapabilityNames): PackageRecord {
  const { name, version, portVersion, triplet, depends } = port;
  return {
    type: 'vcpkg',
    name,
    version,
    ...names.of(name, depends, [`${name}:${triplet}`]),
    licenses: [],
    qualifiers: { ...(portVersion === '' || portVersion === '0' ? {} : { port_version: portVersion }), triplet },
  };
}
