import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { decodeText } from '../../text.ts';
import { parseContents } from './parse-contents.ts';
import { parseDepend } from './parse-depend.ts';
import { DATABASE, isInDatabase, placeOf } from './place.ts';

const FILES: readonly string[] = ['/CONTENTS', '/LICENSE', '/RDEPEND'];

export const portage: Cataloger = {
  id: 'portage',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Gentoo packages (Portage)',
    reads: FILES.map((file) => `/${DATABASE}/*/*${file}`),
    packageTypes: ['ebuild'],
    database: true,
    licenses: true,
    files: true,
    dependencies: true,
    specifications: ['https://projects.gentoo.org/pms/8/pms.html', 'https://wiki.gentoo.org/wiki//var/db/pkg'],
  },
  wants: ({ path }) => isInDatabase(path, FILES),
  read: readFile,
};

/** Each file says a part of its package. */
function readFile({ path, bytes }: AnalysedFile): Found {
  const place = placeOf(path);
  if (place === null) {
    return {};
  }
  const { name, version, file } = place;
  const record: PackageRecord = { type: 'ebuild', name, version, licenses: [] };
  switch (file) {
    case 'LICENSE': {
      const license = decodeText(bytes).trim();
      return { packages: [{ ...record, licenses: license === '' ? [] : [license] }] };
    }
    case 'RDEPEND': {
      const names = new CapabilityNames(path).of(name, parseDepend(decodeText(bytes)), []);
      return { packages: [{ ...record, ...names }] };
    }
    default: {
      const files = parseContents(bytes, path);
      return {
        packages: [record],
        ...(files.count === 0 ? {} : { owned: [{ package: name, files: files.toText() }] }),
      };
    }
  }
}
