import { quote } from '#base/error.ts';
import { parsePattern, type RepositoryPattern, usualSpelling } from '#model/repository-pattern.ts';
import { CelError } from '../../../error.ts';
import type { Library } from '../../../library.ts';
import type { Meter } from '../../../meter.ts';
import { BOOL, NULL, STRING } from '../../../type.ts';
import type { CelValue } from '../../../value.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall } from '../../declare.ts';

export const repository: Library = {
  name: 'plimsoll.repository',
  description: 'Repositories of images.',
  functions: [
    fn(
      'repository.matches',
      'Whether a repository with its host is of a pattern: `registry.example/team/app`, `registry.example/team/*` (one segment), ' +
        '`registry.example/**` (any depth), `*.example.com/**`, `**`; `local` is an image without a repository (null). Whole segments only.',
      globalCall('repository_matches_string', [STRING, STRING], BOOL, ([value, pattern], meter) => {
        const known = parse(pattern, meter);
        const text = readText(value, meter);
        const spelling = usualSpelling(text);
        if (spelling === null) {
          throw new CelError(`not a repository with its host: ${quote(text, 80)}`);
        }
        return known.matches(spelling);
      }),
      globalCall('repository_matches_null', [NULL, STRING], BOOL, ([, pattern], meter) =>
        parse(pattern, meter).matches(null),
      ),
    ),
  ],
};

function parse(value: CelValue | undefined, meter: Meter): RepositoryPattern {
  const text = readText(value, meter);
  const pattern = parsePattern(text);
  if (typeof pattern === 'string') {
    throw new CelError(`not a pattern of repositories: ${quote(text, 80)}; expected ${pattern}`);
  }
  return pattern;
}
