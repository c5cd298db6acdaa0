import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { distinctOperators, heldUntil, type Support } from './operators.ts';

function supports(
  ...edges: readonly (readonly [operator: string, identity: string, validUntil?: number])[]
): readonly Support[] {
  return edges.map(([operator, identity, validUntil = null]) => ({ operator, identity, validUntil }));
}

describe('distinct operators', () => {
  const cases: readonly (readonly [name: string, found: number, given: readonly Support[]])[] = [
    ['nobody', 0, []],
    ['two operators, two identities', 2, supports(['a', '1'], ['b', '2'])],
    ['one identity that fits two operators', 1, supports(['a', '1'], ['b', '1'])],
    ['two identities of one operator', 1, supports(['a', '1'], ['a', '2'])],
    ['the identity that only one can have is left to it', 2, supports(['a', '1'], ['a', '2'], ['b', '1'])],
    ['and so on along a chain', 3, supports(['a', '1'], ['a', '2'], ['b', '1'], ['b', '3'], ['c', '1'])],
    ['three operators of two identities', 2, supports(['a', '1'], ['a', '2'], ['b', '1'], ['b', '2'], ['c', '1'])],
  ];
  for (const [name, found, given] of cases) {
    it(name, () => {
      assert.equal(distinctOperators(given), found);
      assert.equal(distinctOperators(given.toReversed()), found);
    });
  }

  it('hold as long as the best of them together', () => {
    const given = supports(['a', '1', 10], ['a', '2', 30], ['b', '2', 40], ['c', '3', 20]);
    assert.deepEqual(
      [1, 2, 3, 4].map((threshold) => heldUntil(given, threshold)),
      [40, 20, 10, null],
    );
    assert.equal(heldUntil(supports(['a', '1'], ['b', '2', 5]), 1), null);
    assert.equal(heldUntil(supports(['a', '1'], ['b', '2', 5]), 2), 5);
  });

  it('are as many as the best assignment has, found by trying all', () => {
    const edge = fc.record({
      operator: fc.constantFrom('a', 'b', 'c', 'd'),
      identity: fc.constantFrom('1', '2', '3', '4'),
      validUntil: fc.constant(null),
    });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 10 }), (given) => {
        assert.equal(distinctOperators(given), best(given));
      }),
    );
  });
});

function best([first, ...rest]: readonly Support[]): number {
  if (first === undefined) {
    return 0;
  }
  const others = rest.filter(({ operator, identity }) => operator !== first.operator && identity !== first.identity);
  return Math.max(best(rest), 1 + best(others));
}
