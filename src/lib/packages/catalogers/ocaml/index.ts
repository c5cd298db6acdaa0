import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { endsInPath, fileNameOf } from '../../paths.ts';
import { toPackageRecord } from './package.ts';
import { parseMeta } from './parse-meta.ts';

const FILE = '/META';

export const ocaml: Cataloger = {
  id: 'ocaml',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed OCaml libraries',
    reads: ['**/lib/ocaml/*/META', '**/lib/ocaml/*/*/META', '**/lib/*/META'],
    packageTypes: ['opam'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://manpages.debian.org/bookworm/ocaml-findlib/META.5.en.html'],
  },
  endings: [FILE],
  wants: ({ path }) => path.endsWith(FILE) && isLibrary(path),
  read: readMeta,
};

/** In the folder of OCaml's libraries, one deeper with its version as name, or in `lib` of a switch of opam. */
function isLibrary(path: string): boolean {
  const library = path.lastIndexOf('/', path.length - FILE.length - 1);
  const folder = path.lastIndexOf('/', library - 1);
  return (
    library > 0 &&
    (endsInPath(path, 'lib', library) ||
      endsInPath(path, 'ocaml', library) ||
      endsInPath(path, 'site-lib', library) ||
      (folder > 0 && endsInPath(path, 'ocaml', folder)))
  );
}

function readMeta(file: AnalysedFile): Found {
  const folder = file.path.slice(0, -FILE.length);
  const record = toPackageRecord(parseMeta(file.bytes, file.path), fileNameOf(folder), file.path);
  if (record === null) {
    return {};
  }
  return { packages: [record], ...(record.version === '' ? { unknowns: ['library without a version'] } : {}) };
}
