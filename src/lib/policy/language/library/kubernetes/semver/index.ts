import type { Library } from '../../../library.ts';
import { BOOL, INT, STRING } from '../../../type.ts';
import type { CelValue } from '../../../value.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toBool, toOpaque } from '../../declare.ts';
import { parseSemver, parseSemverOrNull, SEMVER, SemanticVersion } from './version.ts';

export const semver: Library = {
  name: 'kubernetes.semver',
  description: 'Semantic versions (2.0.0). Versions of packages are compared with `version.compare`.',
  functions: [
    fn(
      'semver',
      'The version that a text stands for; with true also `v1.2` and `01.2.3`.',
      globalCall('string_to_semver', [STRING], SEMVER, ([text], meter) => parseSemver(readText(text, meter), false)),
      globalCall('string_bool_to_semver', [STRING, BOOL], SEMVER, ([text, normalise], meter) =>
        parseSemver(readText(text, meter), toBool(normalise)),
      ),
    ),
    fn(
      'isSemver',
      'Whether the text is a version; with true also `v1.2` and `01.2.3`.',
      globalCall(
        'is_semver_string',
        [STRING],
        BOOL,
        ([text], meter) => parseSemverOrNull(readText(text, meter), false) !== null,
      ),
      globalCall(
        'is_semver_string_bool',
        [STRING, BOOL],
        BOOL,
        ([text, normalise], meter) => parseSemverOrNull(readText(text, meter), toBool(normalise)) !== null,
      ),
    ),
    fn(
      'major',
      'The first number.',
      memberCall('semver_major', [SEMVER], INT, ([version]) => of(version).numbers[0]),
    ),
    fn(
      'minor',
      'The second number.',
      memberCall('semver_minor', [SEMVER], INT, ([version]) => of(version).numbers[1]),
    ),
    fn(
      'patch',
      'The third number.',
      memberCall('semver_patch', [SEMVER], INT, ([version]) => of(version).numbers[2]),
    ),
    fn(
      'isGreaterThan',
      'Whether it is newer than the other.',
      memberCall('semver_is_greater_than', [SEMVER, SEMVER], BOOL, ([one, other]) => of(one).compareTo(of(other)) > 0),
    ),
    fn(
      'isLessThan',
      'Whether it is older than the other.',
      memberCall('semver_is_less_than', [SEMVER, SEMVER], BOOL, ([one, other]) => of(one).compareTo(of(other)) < 0),
    ),
    fn(
      'compareTo',
      '-1 where it is older than the other, 1 where it is newer, else 0.',
      memberCall('semver_compare_to', [SEMVER, SEMVER], INT, ([one, other]) => BigInt(of(one).compareTo(of(other)))),
    ),
  ],
};

function of(value: CelValue | undefined): SemanticVersion {
  return toOpaque(value, SemanticVersion);
}
