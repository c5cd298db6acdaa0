import { quote } from '#base/error.ts';
import { CelError } from '../../../error.ts';
import type { Library } from '../../../library.ts';
import { BOOL, listOf, STRING } from '../../../type.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toList, toOpaque } from '../../declare.ts';
import { PACKAGE_PATTERN_FORMS, PACKAGE_PATTERNS, PackagePatterns } from './package-patterns.ts';

export const patterns: Library = {
  name: 'plimsoll.patterns',
  description: 'Lists of packages that are read once and asked for every package of an image.',
  functions: [
    fn(
      'packagePatterns',
      `Patterns of packages, which match whole names and whole segments only: ${PACKAGE_PATTERN_FORMS}.`,
      globalCall('list_to_package_patterns', [listOf(STRING)], PACKAGE_PATTERNS, ([list], meter) => {
        const made = new PackagePatterns(toList(list).map((text) => readText(text, meter)));
        const fault = made.read();
        if (fault !== null) {
          throw new CelError(`no pattern of packages: expected ${PACKAGE_PATTERN_FORMS}, found ${quote(fault)}`);
        }
        return made;
      }),
    ),
    fn(
      'covers',
      'Whether one of the patterns matches a package URL, whatever its qualifiers. A text that is no package URL is covered by none.',
      memberCall('package_patterns_covers_string', [PACKAGE_PATTERNS, STRING], BOOL, ([made, purl], meter) =>
        toOpaque(made, PackagePatterns).covers(readText(purl, meter)),
      ),
    ),
  ],
};
