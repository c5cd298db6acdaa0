import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readDescription } from './package.ts';
import { isSnapPath, snapFileOf } from './place.ts';
import { listsStagedPackages } from './staged-packages.ts';

const INSIDE = 'expected packages of the image itself, found Debian packages inside a snap, which are not listed';
const PACKED = 'expected an unpacked snap, found a packed one, whose content is not read';

export const snap: Cataloger = {
  id: 'snap',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'Snaps',
    reads: [
      '/snap/*/*/meta/snap.yaml',
      '/var/lib/snapd/snap/*/*/meta/snap.yaml',
      '/meta/snap.yaml',
      '/snap/*/*/snap/manifest.yaml',
      '/snap/*/*/usr/share/snappy/dpkg.{list,yaml}',
      '/var/lib/snapd/**/*.snap',
    ],
    packageTypes: ['snap'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://documentation.ubuntu.com/snapcraft/stable/reference/snap-yaml/'],
  },
  endings: ['.yaml', '.list', '.snap'],
  wants: ({ path }) => isSnapPath(path),
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  switch (snapFileOf(path)) {
    case 'description': {
      const description = readDescription(bytes);
      return typeof description === 'string' ? { unknowns: [description] } : { packages: [description] };
    }
    case 'manifest':
      return listsStagedPackages(bytes) ? { unknowns: [INSIDE] } : {};
    case 'package list':
      return { unknowns: [INSIDE] };
    case 'packed':
      return { unknowns: [PACKED] };
    default:
      return {};
  }
}
