import { quote } from '#base/error.ts';
import { AdvisoryError } from './error.ts';

const MAX_CHARS = 60;

/** Whether a name can be a folder of the bulk export and nothing else: no path, no release suffix. */
export function isEcosystemName(name: string): boolean {
  return (
    name.length <= MAX_CHARS && /^[A-Za-z][A-Za-z0-9 .-]*$/.test(name) && !name.includes('..') && !name.endsWith('.')
  );
}

/** Throws `ADVISORY_ECOSYSTEM_INVALID` for any other name, before it gets near a path or URL. */
export function assertEcosystemName(name: string): void {
  if (!isEcosystemName(name)) {
    throw new AdvisoryError('ADVISORY_ECOSYSTEM_INVALID', 'invalid ecosystem name', {
      expected: 'letters, digits, spaces, dots and dashes, such as Debian or crates.io',
      found: quote(name, MAX_CHARS),
    });
  }
}
