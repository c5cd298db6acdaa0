import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { DocumentsError } from './error.ts';

/**
 * Reads the files that a document of kind Trust names, all below one folder: whoever may write documents may not read every file of the server. What is
 * named is taken from that folder on; links may not lead out of it.
 */
export function trustFiles(folder: string | null): (path: string) => Promise<Uint8Array> {
  return async (path) => {
    // The loader resolves names by the working folder, which is nothing to documents of a server.
    const name = relative(resolve('.'), path);
    if (folder === null) {
      throw refused(
        'a key or certificate in the document itself (pem:), since this server has no folder for such files',
      );
    }
    if (name === '' || name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name)) {
      throw refused('the name of a file below the folder of the server for such files, or pem: and its text');
    }
    const [root, real] = await Promise.all([realpathOrNull(folder), realpathOrNull(join(folder, name))]);
    if (root === null || real === null) {
      throw refused('a file that is in the folder of the server for such files, or pem: and its text', 'none');
    }
    if (!real.startsWith(`${root}${sep}`)) {
      throw refused('a file below the folder of the server for such files', 'a link that leads out of it');
    }
    return await readFileBounded(real, LIMITS.trustFileBytes);
  };
}

async function realpathOrNull(path: string): Promise<string | null> {
  return await realpath(path).catch(() => null);
}

/** Nothing is said of where the folder is, nor of what else is on the server. */
function refused(expected: string, found?: string): DocumentsError {
  return new DocumentsError('DOCUMENTS_DENIED', 'not a file that documents may name', {
    expected,
    ...(found !== undefined && { found }),
  });
}
