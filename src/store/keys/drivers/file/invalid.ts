import { KeyError } from '../../error.ts';

export function invalid(name: string, expected: string, found: string, hint?: string): KeyError {
  return new KeyError('KEY_FILE_INVALID', 'not a private key', {
    object: name,
    expected,
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
