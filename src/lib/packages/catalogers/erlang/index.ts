import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { fileNameOf } from '../../paths.ts';
import { toPackageRecord } from './package.ts';
import { parseApp } from './parse-app.ts';

const SUFFIX = '.app';
const FOLDER = 'ebin/';

export const erlang: Cataloger = {
  id: 'erlang',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Erlang and Elixir applications',
    reads: ['**/ebin/*.app'],
    packageTypes: ['otp'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://www.erlang.org/doc/apps/kernel/app.html',
      'https://www.erlang.org/doc/system/data_types.html',
      'https://github.com/package-url/purl-spec/blob/main/types-doc/otp-definition.md',
    ],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX) && isCompiled(path),
  read: readApp,
};

/** Beside the compiled modules; in `src` there is the template `NAME.app.src`, and elsewhere it is some other kind of file. */
function isCompiled(path: string): boolean {
  const start = path.lastIndexOf('/') + 1;
  const folder = start - FOLDER.length;
  return path.startsWith(FOLDER, folder) && (folder === 0 || path[folder - 1] === '/');
}

function readApp(file: AnalysedFile): Found {
  const application = parseApp(file.bytes, file.path);
  const fileName = fileNameOf(file.path).slice(0, -SUFFIX.length);
  const record = toPackageRecord(application, fileName, file.path);
  return {
    packages: [record],
    ...(record.version === '' ? { unknowns: ['application without a version that is text'] } : {}),
  };
}
