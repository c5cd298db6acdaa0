import { fileURLToPath } from 'node:url';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { KeyDriver } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { openKeyFile } from './open.ts';

/** Keys in files of this machine, encrypted by a passphrase or not. */
export const file: KeyDriver = {
  id: 'file',
  form: 'FILE',
  opens: (reference) => !hasScheme(reference) || reference.startsWith('file:'),
  open: async (reference, access) => {
    const bytes = await readFileBounded(pathOf(reference), LIMITS.keyFileBytes);
    try {
      return await openKeyFile(bytes, reference, access);
    } finally {
      bytes.fill(0);
    }
  },
};

/** A scheme as of RFC 3986 section 3.1; of two characters and more, so that no drive letter is one. */
function hasScheme(reference: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(reference);
}

function pathOf(reference: string): string {
  if (!reference.startsWith('file:')) {
    return reference;
  }
  try {
    return fileURLToPath(reference);
  } catch (error) {
    throw new KeyError('KEY_REFERENCE_UNKNOWN', 'not a file of this machine', {
      object: quote(reference),
      expected: 'file:///PATH',
      found: quote(messageOf(error)),
      cause: error,
    });
  }
}
