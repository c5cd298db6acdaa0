import { fileURLToPath } from 'node:url';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { KeyDriver } from '../../driver.ts';
import { openKeyFile } from './open.ts';

/** Keys in files of this machine, encrypted by a passphrase or not. */
export const file: KeyDriver = {
  id: 'file',
  form: 'FILE',
  opens: (reference) => !hasScheme(reference) || reference.startsWith('file:'),
  open: async (reference, access) => {
    const path = reference.startsWith('file:') ? fileURLToPath(reference) : reference;
    const bytes = await readFileBounded(path, LIMITS.keyFileBytes);
    return await openKeyFile(bytes, reference, access);
  },
};

/** A scheme as of RFC 3986 section 3.1; of two characters and more, so that no drive letter is one. */
function hasScheme(reference: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(reference);
}
