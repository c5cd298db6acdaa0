import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { fileNameOf } from '../../paths.ts';
import { decodeText } from '../../text.ts';
import { parseContents } from './parse-contents.ts';
import { parseDepend } from './parse-depend.ts';
import { parseLicense } from './parse-license.ts';
import { DATABASE, isInDatabase, type Place, placeOf } from './place.ts';

const CONTENTS = 'CONTENTS';
/** Its files may be there, in whole or in part; Portage does not list it. */
const BROKEN_OFF = 'expected a package that is installed, found one whose installation was broken off';
const FILES: readonly string[] = [CONTENTS, 'LICENSE', 'PDEPEND', 'RDEPEND'];

export const portage: Cataloger = {
  id: 'portage',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Gentoo packages (Portage)',
    reads: FILES.map((file) => `/${DATABASE}/*/*/${file}`),
    packageTypes: ['ebuild'],
    database: true,
    licenses: true,
    files: true,
    dependencies: true,
    specifications: ['https://projects.gentoo.org/pms/8/pms.html', 'https://wiki.gentoo.org/wiki//var/db/pkg'],
  },
  beginnings: [DATABASE],
  wants: ({ path }) => isInDatabase(path) && FILES.includes(fileNameOf(path)),
  read: readFile,
};

/** Each file says a part of its package, which is there as soon as one of them is. */
function readFile({ path, bytes }: AnalysedFile): Found {
  const place = placeOf(path);
  if (place === null) {
    return {};
  }
  if (place === 'merging') {
    return path.endsWith(`/${CONTENTS}`) ? { unknowns: [BROKEN_OFF] } : {};
  }
  switch (place.file) {
    case 'LICENSE':
      return { packages: [{ ...recordOf(place), licenses: parseLicense(decodeText(bytes), path) }] };
    case 'PDEPEND':
    case 'RDEPEND': {
      const names = new CapabilityNames(path).of(place.name, parseDepend(decodeText(bytes)), []);
      return { packages: [{ ...recordOf(place), ...names }] };
    }
    default: {
      const { name, version } = place;
      const { files, contents } = parseContents(bytes, path);
      const owned = { package: name, version, files: files.toText() };
      return {
        packages: [recordOf(place)],
        ...(files.count === 0
          ? {}
          : { owned: [contents.count === 0 ? owned : { ...owned, contents: contents.toText() }] }),
      };
    }
  }
}

function recordOf({ name, version }: Place): PackageRecord {
  return { type: 'ebuild', name, version, licenses: [] };
}
