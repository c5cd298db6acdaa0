import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readManifest } from './read-manifest.ts';

/** Releases of Chisel put it here. Slices of one's own may have it written to any folder. */
const MANIFEST = 'var/lib/chisel/manifest.wall';
const NAME = '/manifest.wall';
/** RFC 8878 section 3.1.1. */
const ZSTD_MAGIC = Buffer.from('28b52ffd', 'hex');

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
  wants: ({ path }) => path.endsWith(NAME),
  accepts: (head) => ZSTD_MAGIC.equals(head.subarray(0, ZSTD_MAGIC.length)),
  read: readManifest,
};
