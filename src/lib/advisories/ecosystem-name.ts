import { quote } from '#base/error.ts';
import { AdvisoryError } from './error.ts';

/** Throws `ADVISORY_ECOSYSTEM_INVALID` for a name that could be anything but a folder of the bulk export. */
export function assertEcosystemName(name: string): void {
  if (name.length > 60 || !/^[A-Za-z][A-Za-z0-9 .-]*$/.test(name) || name.includes('..') || name.endsWith('.')) {
    throw new AdvisoryError('ADVISORY_ECOSYSTEM_INVALID', 'invalid ecosystem name', {
      expected: 'letters, digits, spaces, dots and dashes, such as Debian or crates.io',
      found: quote(name, 60),
    });
  }
}
