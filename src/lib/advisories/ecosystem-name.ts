import { quote } from '#base/error.ts';
import { AdvisoryError } from './error.ts';

const MAX_CHARS = 60;
const MAX_SUFFIX_CHARS = 60;

/** Whether a name can be a folder of a bulk export and nothing else: no path, no release suffix. */
export function isEcosystemName(name: string): boolean {
  return (
    name.length <= MAX_CHARS && /^[A-Za-z][A-Za-z0-9 .-]*$/.test(name) && !name.includes('..') && !name.endsWith('.')
  );
}

/** The ecosystem without its release: `Alpine` of `Alpine:v3.20`. */
export function baseEcosystem(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon === -1 ? ecosystem : ecosystem.slice(0, colon);
}

/** Whether this may be asked for, or be the name of a shard: an ecosystem, with its release where it has one. */
export function isNeededName(name: string): boolean {
  const suffix = name.slice(baseEcosystem(name).length);
  return (
    isEcosystemName(baseEcosystem(name)) &&
    suffix.length <= MAX_SUFFIX_CHARS &&
    /^[A-Za-z0-9 ._:-]*$/.test(suffix) &&
    !suffix.includes('..')
  );
}

/** Throws `ADVISORY_ECOSYSTEM_INVALID` for any other name, before it gets near a path or URL. */
export function assertNeededName(name: string): void {
  if (!isNeededName(name)) {
    throw new AdvisoryError('ADVISORY_ECOSYSTEM_INVALID', 'invalid ecosystem name', {
      expected:
        'letters, digits, spaces, dots and dashes, with a release where there is one, such as crates.io or Alpine:v3.20',
      found: quote(name, MAX_CHARS),
    });
  }
}
