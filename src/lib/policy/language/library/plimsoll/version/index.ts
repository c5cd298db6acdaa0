import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { type VersionScheme, versionSchemes } from '#lib/versions/index.ts';
import { CelError } from '../../../error.ts';
import type { Library } from '../../../library.ts';
import { BOOL, INT, STRING } from '../../../type.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall } from '../../declare.ts';

const SCHEMES: ReadonlyMap<string, VersionScheme> = new Map(versionSchemes.map((scheme) => [scheme.id, scheme]));

/** Types of packages whose versions are ordered as those of a scheme of another name. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['cargo', 'semver'],
  ['composer', 'packagist'],
  ['hex', 'semver'],
  ['npm', 'semver'],
  ['pypi', 'pep440'],
  ['swift', 'semver'],
]);

export const version: Library = {
  name: 'plimsoll.version',
  description:
    `Versions of packages, each in the order of its own ecosystem: ${versionSchemes.map(({ id }) => `\`${id}\``).join(', ')}. Types of ` +
    `packages are taken as well: ${Array.from(OTHER_NAMES, ([name, scheme]) => `\`${name}\` (${scheme})`).join(', ')}.`,
  functions: [
    fn(
      'version.compare',
      '-1 where the first is older than the second, 1 where it is newer, else 0; an error for an unknown scheme, and for a text that is no version.',
      globalCall('version_compare', [STRING, STRING, STRING], INT, ([scheme, one, other], meter) => {
        const comparison = schemeNamed(readText(scheme, meter)).compare(readText(one, meter), readText(other, meter));
        if (!comparison.ok) {
          throw new CelError(comparison.reason);
        }
        return BigInt(comparison.order);
      }),
    ),
    fn(
      'version.isValid',
      'Whether the text is a version; an error for an unknown scheme.',
      globalCall('version_is_valid', [STRING, STRING], BOOL, ([scheme, text], meter) => {
        const known = readText(text, meter);
        return known.length <= LIMITS.versionChars && schemeNamed(readText(scheme, meter)).isValid(known);
      }),
    ),
  ],
};

function schemeNamed(name: string): VersionScheme {
  const scheme = SCHEMES.get(OTHER_NAMES.get(name) ?? name);
  if (scheme === undefined) {
    throw new CelError(`unknown version scheme: ${quote(name, 40)}`);
  }
  return scheme;
}
