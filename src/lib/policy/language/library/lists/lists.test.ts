import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CelBudgetError } from '../../error.ts';
import { evaluate, libraryContract } from '../contract.ts';
import { lists } from './index.ts';

libraryContract(lists, {
  holds: [
    '[1, 2, 3, 4].slice(1, 3) == [2, 3] && [1].slice(1, 1) == []',
    '[[1, 2], [], [3]].flatten() == [1, 2, 3] && dyn([1, [2, [3]]]).flatten() == [1, 2, [3]]',
    '[1, [2, [3, [4]]]].flatten(2) == [1, 2, 3, [4]] && [[1]].flatten(0) == [[1]]',
    '[3, 1, 2].sort() == [1, 2, 3] && [2u, 1u].sort() == [1u, 2u] && [2.5, -1.0].sort() == [-1.0, 2.5]',
    '["b", "ab", "a"].sort() == ["a", "ab", "b"] && [b"b", b"a"].sort() == [b"a", b"b"] && [true, false].sort() == [false, true]',
    '[duration("2s"), duration("1s")].sort()[0] == duration("1s")',
    '[timestamp("2026-01-02T00:00:00Z"), timestamp("2026-01-01T00:00:00Z")].sort()[1] == timestamp("2026-01-02T00:00:00Z")',
    '[severity.unknown, severity.none, severity.critical].sort() == [severity.none, severity.critical, severity.unknown]',
    '["bb", "a"].sortBy(x, size(x)) == ["a", "bb"] && ["a", "b"].sortBy(x, uint(x == "a" ? 2 : 1)) == ["b", "a"]',
    '[1, 2].sortBy(x, -double(x)) == [2, 1] && [2, 1].sortBy(x, string(x)) == [1, 2] && [2, 1].sortBy(x, bytes(string(x))) == [1, 2]',
    '[1, 2].sortBy(x, x == 1) == [2, 1] && [2, 1].sortBy(x, days(x)) == [1, 2] && [2, 1].sortBy(x, timestamp(x)) == [1, 2]',
    '["high", "low"].sortBy(x, severity(x)) == ["low", "high"]',
    '[1, 2, 1.0, "a", "a", [1], [1.0]].distinct() == [1, 2, "a", [1]]',
    'lists.range(3) == [0, 1, 2] && lists.range(0) == []',
    '[1, 2, 3].reverse() == [3, 2, 1]',
    '[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && !dyn([]).first().hasValue()',
  ],
  errors: [
    ['[1].slice(0, 2)', /cannot slice\(0, 2\) of a list of 1/],
    ['[1].slice(-1, 1)', /cannot slice/],
    ['[1].slice(1, 0)', /cannot slice/],
    ['[1].flatten(-1)', /must not be negative/],
    ['dyn([1, "a"]).sort()', /no such overload/],
    ['dyn([[1]]).sort()', /no such overload/],
    ['dyn([{"a": 1}]).sort()', /no such overload/],
    ['lists.range(-1)', /range of -1/],
  ],
  free: ['list_first', 'list_last'],
});

it('lists are paid for before they are made, and so is comparing each with each', () => {
  for (const text of [
    'lists.range(100000000)',
    'lists.range(9223372036854775807)',
    'lists.range(5000).map(x, [x]).distinct()',
    'lists.range(100000).sort()',
  ]) {
    assert.throws(() => evaluate(text, 1_000_000), CelBudgetError, text);
  }
});
