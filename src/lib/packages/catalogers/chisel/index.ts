import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readManifest } from './read-manifest.ts';

/** Releases of Chisel put it here. Slices of one's own may have it written to any folder. */
const MANIFEST = 'var/lib/chisel/manifest.wall';
const NAME = '/manifest.wall';

export const chisel: Cataloger = {
  id: 'chisel',
  version: 1,
  knownPaths: [MANIFEST],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  capabilities: {
    title: 'Slices of Ubuntu packages (Chisel)',
    reads: [`/${MANIFEST}`, `/**${NAME}`],
    packageTypes: ['deb'],
    database: true,
    licenses: false,
    files: true,
    dependencies: false,
    specifications: [
      'https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/',
      'https://documentation.ubuntu.com/chisel/en/latest/explanation/jsonwall/',
    ],
  },
  endings: [NAME],
  wants: ({ path }) => path.endsWith(NAME),
  read: readManifest,
};
