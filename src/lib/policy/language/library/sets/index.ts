import type { Library } from '../../library.ts';
import { BOOL, listOf, parameterOf } from '../../type.ts';
import { fn, globalCall, toList } from '../declare.ts';
import { Membership } from '../membership.ts';

const LIST = listOf(parameterOf('A'));

export const sets: Library = {
  name: 'sets',
  description: 'Lists taken as sets: neither order nor repetition counts.',
  functions: [
    fn(
      'sets.contains',
      'Whether the first list has every element of the second.',
      globalCall('list_sets_contains_list', [LIST, LIST], BOOL, ([whole, part], meter) => {
        const known = new Membership(meter, toList(whole));
        return toList(part).every((element) => known.has(element));
      }),
    ),
    fn(
      'sets.equivalent',
      'Whether each list has every element of the other.',
      globalCall('list_sets_equivalent_list', [LIST, LIST], BOOL, ([one, other], meter) => {
        const first = new Membership(meter, toList(one));
        const second = new Membership(meter, toList(other));
        return (
          toList(other).every((element) => first.has(element)) && toList(one).every((element) => second.has(element))
        );
      }),
    ),
    fn(
      'sets.intersects',
      'Whether the lists have an element in common.',
      globalCall('list_sets_intersects_list', [LIST, LIST], BOOL, ([one, other], meter) => {
        const known = new Membership(meter, toList(one));
        return toList(other).some((element) => known.has(element));
      }),
    ),
  ],
};
