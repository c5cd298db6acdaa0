import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import { CapabilityNames } from '../../capability-names.ts';
import type { Cataloger } from '../../cataloger.ts';
import { placeOf } from './place.ts';
import { readDeployment } from './read-deployment.ts';

const SYSTEM = 'var/lib/flatpak';
const FILE = '/deploy';
const COMMIT_CHARS = 64;
const SLASH = 0x2f;

export const flatpak: Cataloger = {
  id: 'flatpak',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'Flatpak applications and runtimes',
    reads: [`/${SYSTEM}/{app,runtime}/*/*/*/*${FILE}`, `/**/{app,runtime}/*/*/*/*${FILE}`],
    packageTypes: ['flatpak'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.flatpak.org/en/latest/flatpak-command-reference.html',
      'https://github.com/flatpak/flatpak/blob/main/common/flatpak-dir.c',
      'https://docs.gtk.org/glib/gvariant-specification-1.0.html',
    ],
  },
  endings: [FILE],
  wants: ({ path }) => path.endsWith(FILE) && path.charCodeAt(path.length - FILE.length - COMMIT_CHARS - 1) === SLASH,
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  const place = placeOf(path);
  if (place === null) {
    return {};
  }
  const { id, architecture, branch } = place;
  const { version, license, runtime } = readDeployment(bytes, path);
  const ref = `${id}/${architecture}/${branch}`;
  return {
    packages: [
      {
        type: 'flatpak',
        name: id,
        version: version === '' ? branch : version,
        architecture,
        // There may be several branches of one name.
        ...new CapabilityNames(path).of(id, runtime === ref ? [] : [runtime], [ref]),
        licenses: license === '' ? [] : [license],
      },
    ],
  };
}
