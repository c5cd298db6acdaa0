import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { OsRelease } from '#model/package.ts';
import type { Cataloger } from '../../cataloger.ts';
import { decodeText } from '../../text.ts';
import { parseOsRelease } from './parse-os-release.ts';
import { parseRepositories } from './parse-repositories.ts';
import { RELEASE_FILES, type ReleaseFile } from './release-files.ts';
import { rollingName } from './rolling.ts';

const FILES: readonly string[] = ['etc/os-release', 'usr/lib/os-release'];
const REPOSITORIES = 'etc/apk/repositories';
const PREDECESSORS: ReadonlyMap<string, ReleaseFile> = new Map(
  RELEASE_FILES.flatMap((file) => [`etc/${file.name}`, `usr/lib/${file.name}`].map((path) => [path, file] as const)),
);
const KNOWN: readonly string[] = [...FILES, ...RELEASE_FILES.map(({ name }) => `etc/${name}`), REPOSITORIES];
const WANTED: ReadonlySet<string> = new Set([...FILES, ...PREDECESSORS.keys(), REPOSITORIES]);

export const osRelease: Cataloger = {
  id: 'os-release',
  version: 3,
  knownPaths: KNOWN,
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'The distribution and its release',
    reads: KNOWN.map((path) => `/${path}`),
    packageTypes: [],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://www.freedesktop.org/software/systemd/man/latest/os-release.html',
      'https://refspecs.linuxfoundation.org/LSB_3.0.0/LSB-PDA/LSB-PDA/lsbrelease.html',
    ],
  },
  beginnings: ['etc/', 'usr/lib/'],
  wants: ({ path }) => isNear(path) && WANTED.has(path),
  read: readFile,
};

/** Cheap: to look a path up in a set, all of it has to be hashed, and most files of an image are elsewhere. */
function isNear(path: string): boolean {
  return path.startsWith('etc/') || !path.includes('/', 'usr/lib/'.length);
}

function readFile({ path, bytes }: AnalysedFile): Found {
  if (path === REPOSITORIES) {
    const repositories = parseRepositories(decodeText(bytes), path);
    return repositories.length === 0 ? {} : { repositories };
  }
  const predecessor = PREDECESSORS.get(path);
  if (predecessor === undefined) {
    return { os: toOsRelease(parseOsRelease(bytes)) };
  }
  const os = predecessor.read(decodeText(bytes));
  return os === null ? {} : { os };
}

/** Where a release that is still being made says so. */
const WORDS = ['NAME', 'PRETTY_NAME', 'VERSION', 'REDHAT_BUGZILLA_PRODUCT_VERSION'] as const;

function toOsRelease(variables: ReadonlyMap<string, string>): OsRelease {
  const id = (variables.get('ID') ?? '').toLowerCase();
  const words = WORDS.map((name) => variables.get(name) ?? '').join(' ');
  return {
    id,
    ...optional('versionId', variables.get('VERSION_ID')),
    ...optional('versionCodename', variables.get('VERSION_CODENAME')),
    idLike: (variables.get('ID_LIKE') ?? '')
      .toLowerCase()
      .split(' ')
      .filter((id) => id !== ''),
    ...optional('name', variables.get('NAME')),
    ...optional('prettyName', variables.get('PRETTY_NAME')),
    ...optional('rolling', rollingName({ id, versionId: variables.get('VERSION_ID') ?? '', words })),
  };
}

/** The member with its value, or nothing when the file has none. */
function optional<Name extends keyof OsRelease>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
  return value === undefined || value === '' ? {} : ({ [name]: value } as Partial<Record<Name, string>>);
}
