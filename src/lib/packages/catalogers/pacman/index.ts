import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readDescription } from './package.ts';
import { parseFiles } from './parse-files.ts';
import { isInDatabase, LOCAL, placeOf } from './place.ts';

export const pacman: Cataloger = {
  id: 'pacman',
  version: 1,
  knownPaths: [LOCAL],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Arch Linux packages (pacman)',
    reads: [`/${LOCAL}/*/desc`, `/${LOCAL}/*/files`],
    packageTypes: ['alpm'],
    database: true,
    licenses: true,
    files: true,
    dependencies: true,
    specifications: [
      'https://man.archlinux.org/man/BUILDINFO.5.en',
      'https://gitlab.archlinux.org/pacman/pacman/-/blob/master/lib/libalpm/be_local.c',
    ],
  },
  beginnings: [LOCAL],
  wants: ({ path }) => isInDatabase(path),
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  const place = placeOf(path);
  switch (place?.file) {
    case 'desc': {
      const description = readDescription(bytes, path);
      return typeof description === 'string' ? { unknowns: [description] } : { packages: [description] };
    }
    case 'files': {
      const files = parseFiles(bytes, path);
      return files.count === 0 ? {} : { owned: [{ package: place.package, files: files.toText() }] };
    }
    default:
      return {};
  }
}
