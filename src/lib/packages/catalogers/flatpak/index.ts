import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseMetadata } from './parse-metadata.ts';

const INSTALLATION = 'var/lib/flatpak/';
const METADATA = '/metadata';
const KINDS: ReadonlySet<string> = new Set(['app', 'runtime']);
const PARTS = 6;

export const flatpak: Cataloger = {
  id: 'flatpak',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'Flatpak applications and runtimes',
    reads: [`/${INSTALLATION}{app,runtime}/*/*/*/*${METADATA}`],
    packageTypes: ['flatpak'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://docs.flatpak.org/en/latest/flatpak-command-reference.html#flatpak-metadata'],
  },
  wants: ({ path }) => path.startsWith(INSTALLATION) && path.endsWith(METADATA),
  read: readFile,
};

/** `{app,runtime}/ID/ARCHITECTURE/BRANCH/COMMIT/metadata`; deeper ones are of files inside. */
function readFile({ path, bytes }: AnalysedFile): Found {
  const parts = path.slice(INSTALLATION.length).split('/', PARTS + 1);
  const [kind = '', , architecture = '', branch = ''] = parts;
  if (!KINDS.has(kind) || parts.length !== PARTS) {
    return {};
  }
  const metadata = parseMetadata(bytes);
  if (metadata === null) {
    return { unknowns: ['expected a name in the group of an application or a runtime, found none'] };
  }
  const { name, runtime } = metadata;
  const requires = runtime === '' || runtime === name ? {} : { requires: [runtime] };
  return { packages: [{ type: 'flatpak', name, version: branch, architecture, ...requires, licenses: [] }] };
}
