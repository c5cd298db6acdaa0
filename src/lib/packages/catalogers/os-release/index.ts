import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { OsRelease } from '#model/package.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseOsRelease } from './parse-os-release.ts';

const FILES: readonly string[] = ['etc/os-release', 'usr/lib/os-release'];

export const osRelease: Cataloger = {
  id: 'os-release',
  version: 1,
  knownPaths: FILES,
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'The distribution and its release',
    reads: FILES.map((path) => `/${path}`),
    packageTypes: [],
    database: false,
    licenses: false,
    files: false,
    specifications: ['https://www.freedesktop.org/software/systemd/man/latest/os-release.html'],
  },
  wants: (file) => FILES.includes(file.path),
  read: (file: AnalysedFile): Found => ({ os: toOsRelease(parseOsRelease(file.bytes)) }),
};

function toOsRelease(variables: ReadonlyMap<string, string>): OsRelease {
  return {
    id: (variables.get('ID') ?? '').toLowerCase(),
    ...optional('versionId', variables.get('VERSION_ID')),
    ...optional('versionCodename', variables.get('VERSION_CODENAME')),
    idLike: (variables.get('ID_LIKE') ?? '')
      .toLowerCase()
      .split(' ')
      .filter((id) => id !== ''),
    ...optional('name', variables.get('NAME')),
    ...optional('prettyName', variables.get('PRETTY_NAME')),
  };
}

/** The member with its value, or nothing when the file has none. */
function optional<Name extends keyof OsRelease>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
  return value === undefined || value === '' ? {} : ({ [name]: value } as Partial<Record<Name, string>>);
}
