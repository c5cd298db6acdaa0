import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CelBudgetError } from '../../error.ts';
import { evaluate, libraryContract } from '../contract.ts';
import { sets } from './index.ts';

libraryContract(sets, {
  holds: [
    'sets.contains([], []) && !sets.contains([], [1]) && sets.contains([1, 2, 3, 4], [2, 3])',
    'sets.contains([1, 2.0, 3u], [1.0, 2u, 3]) && sets.contains([[1], "a"], [[1.0]]) && !sets.contains(dyn(["1"]), [1])',
    'sets.equivalent([], []) && sets.equivalent([1], [1, 1]) && sets.equivalent([1, 2, 3], [3u, 2.0, 1]) && !sets.equivalent([1], [1, 2])',
    '!sets.intersects([1], []) && sets.intersects([1], [1, 2]) && sets.intersects([[1], [2, 3]], [[1, 2], [2, 3.0]])',
    '!sets.intersects([0.0 / 0.0], [0.0 / 0.0])',
  ],
  errors: [],
});

it('sets of lists are paid for by each with each, sets of texts by their sizes', () => {
  assert.throws(
    () => evaluate('cel.bind(l, lists.range(2000).map(x, [x]), sets.contains(l, l.reverse()))', 1_000_000),
    CelBudgetError,
  );
  assert.equal(evaluate('cel.bind(l, lists.range(2000).map(x, string(x)), sets.contains(l, l))', 100_000), true);
});
