import type { Library } from '../../../library.ts';
import type { Meter } from '../../../meter.ts';
import { INT, listOf, STRING } from '../../../type.ts';
import { chargeElements } from '../../charges.ts';
import { fn, memberCall, toInt, toText } from '../../declare.ts';
import { findMatches } from '../../regex-door.ts';

export const kubernetesRegex: Library = {
  name: 'kubernetes.regex',
  description: 'Regular expressions of RE2 that find a part of a text, as Kubernetes has them.',
  functions: [
    fn(
      'find',
      'The first match; empty where there is none.',
      memberCall('string_find_string', [STRING, STRING], STRING, ([text, pattern], meter) =>
        findAll(toText(text), toText(pattern), 1, meter).join(''),
      ),
    ),
    fn(
      'findAll',
      'All matches, or so many from the left; a negative number is all.',
      memberCall('string_find_all_string', [STRING, STRING], listOf(STRING), ([text, pattern], meter) =>
        findAll(toText(text), toText(pattern), Number.POSITIVE_INFINITY, meter),
      ),
      memberCall(
        'string_find_all_string_int',
        [STRING, STRING, INT],
        listOf(STRING),
        ([text, pattern, most], meter) => {
          const limit = toInt(most);
          return findAll(toText(text), toText(pattern), limit < 0n ? Number.POSITIVE_INFINITY : Number(limit), meter);
        },
      ),
    ),
  ],
};

function findAll(text: string, pattern: string, limit: number, meter: Meter): readonly string[] {
  const found: string[] = [];
  for (const match of findMatches(text, pattern, meter, limit)) {
    chargeElements(meter, 1);
    found.push(match.group() ?? '');
  }
  return found;
}
