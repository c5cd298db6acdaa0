import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { fileNameOf } from '../../paths.ts';
import { decodeExactly } from '../../text.ts';

/** Where distributions and apko put them. */
const FOLDERS: readonly string[] = ['usr/share/sbom/', 'var/lib/db/sbom/', 'usr/lib/db/sbom/'];
const SUFFIXES: readonly string[] = ['.spdx.json', '.cdx.json', '.syft.json'];
/** What wheels say of the libraries that were copied into them (PEP 770): no cataloger finds these. */
const BUNDLED = '.dist-info/sboms/';

export const sbomFile: Cataloger = {
  id: 'sbom-file',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.sbomFileBytes,
  capabilities: {
    title: 'SBOM documents in the image, to be compared with what is there',
    reads: [
      '**/*.spdx.json',
      '**/*.cdx.json',
      '**/*.syft.json',
      '**/.spdx-*.spdx',
      '/usr/share/sbom/**',
      '/var/lib/db/sbom/**',
      '/usr/lib/db/sbom/**',
    ],
    packageTypes: [],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://cyclonedx.org/docs/1.6/json/',
      'https://spdx.github.io/spdx-spec/v2.3/',
      'https://peps.python.org/pep-0770/',
    ],
  },
  endings: ['.json', '.spdx'],
  wants: ({ path }) => (path.endsWith('.json') || path.endsWith('.spdx')) && isDocument(path),
  // As it is: what reads documents decides on every character.
  read: ({ path, bytes }: AnalysedFile): Found => ({ document: decodeExactly(bytes, path, 'not a text') }),
};

function isDocument(path: string): boolean {
  const name = fileNameOf(path);
  return (
    (SUFFIXES.some((suffix) => name.endsWith(suffix)) ||
      (name.startsWith('.spdx-') && name.endsWith('.spdx')) ||
      FOLDERS.some((folder) => path.startsWith(folder))) &&
    !path.includes(BUNDLED)
  );
}
