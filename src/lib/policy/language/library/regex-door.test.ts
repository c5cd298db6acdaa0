import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { evidence } from '#test/evidence.ts';
import { CelBudgetError, CelError } from '../error.ts';
import { createMeter } from '../run/meter.ts';
import { findMatches, matchesPart, matchesWhole } from './regex-door.ts';
import { programSizeOf } from './regex-size.ts';

evidence('policy/language', 'self-made', 'regular expressions that take long elsewhere');

/** What a rule may spend. */
const RULE = 1_000_000;

function spent(text: string, pattern: string): number {
  const meter = createMeter(Number.POSITIVE_INFINITY, 0n);
  matchesPart(text, pattern, meter);
  return meter.spent;
}

describe('regular expressions of policies', () => {
  it('match a part of a text, or the whole', () => {
    const meter = createMeter(RULE, 0n);
    assert.equal(matchesPart('abc', 'b', meter), true);
    assert.equal(matchesPart('abc', '^b', meter), false);
    assert.equal(matchesWhole('abc', 'b', meter), false);
    assert.equal(matchesWhole('abc', 'a|abc', meter), true);
    assert.equal(matchesWhole('abc\n', 'abc', meter), false);
    assert.deepEqual(
      Array.from(findMatches('a😀b', '.', meter, 9), (match) => match.group()),
      ['a', '😀', 'b'],
    );
  });

  it('cost the length of the text times that of the expression', () => {
    const once = spent('', 'abcd');
    assert.equal(spent('x'.repeat(99), 'abcd') - once, 9);
    assert.equal(spent('x'.repeat(99), 'a'.repeat(40)) - spent('', 'a'.repeat(40)), 90);
  });

  it('are compiled for once in an evaluation, whatever others have compiled', () => {
    const meter = createMeter(RULE, 0n);
    matchesPart('x', 'once[0-9]', meter);
    const first = meter.spent;
    matchesPart('x', 'once[0-9]', meter);
    assert.ok(meter.spent - first < first);
    assert.equal(spent('x', 'once[0-9]'), first);
  });

  it('of any number in one evaluation are paid for', () => {
    const meter = createMeter(RULE / 10, 0n);
    assert.throws(() => {
      for (let index = 0; index < 100_000; index += 1) {
        matchesPart('x', `pattern${index}`, meter);
      }
    }, CelBudgetError);
  });

  it('that blow up are refused before they run', () => {
    const long = 'a'.repeat(100_000);
    for (const pattern of ['(a?){500}a{500}', '(?:a{1,30}){1,30}b', '[ab]*a[ab]{900}c']) {
      assert.throws(() => matchesPart(long, pattern, createMeter(RULE, 0n)), CelBudgetError, pattern);
    }
  });

  it('that no longer fit are refused before they are compiled', () => {
    const meter = createMeter(Number.POSITIVE_INFINITY, 0n);
    for (const pattern of [
      'a{1000}'.repeat(100),
      `(${'a'.repeat(100)}){1000}`,
      'a'.repeat(4097),
      '((((a{10}){10}){10}){10}){10}',
    ]) {
      assert.throws(() => matchesPart('a', pattern, meter), CelError, pattern.slice(0, 40));
    }
  });

  it('that search the rest of the text for every match are paid for by what is left of it', () => {
    const meter = createMeter(RULE / 10, 0n);
    assert.throws(
      () => Array.from(findMatches('a'.repeat(10_000), '.*b|a', meter, Number.POSITIVE_INFINITY)),
      CelBudgetError,
    );
  });

  it('that are none are errors of CEL', () => {
    const meter = createMeter(Number.POSITIVE_INFINITY, 0n);
    for (const pattern of ['(', 'a**', '[z-a]', '(?=a)', '\\1', '('.repeat(4000), '(?P<n', '\\p{Nope}', 'a{2000}']) {
      assert.throws(() => matchesPart('a', pattern, meter), CelError, pattern.slice(0, 40));
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (pattern) => {
        try {
          matchesPart('some text', pattern, meter);
        } catch (error) {
          assert.ok(error instanceof CelError);
        }
      }),
    );
  });

  it('keep few states of what they have seen', () => {
    const { dfa } = RE2JS.compile('a').re2();
    assert.equal(typeof dfa.memBudget, 'number');
    assert.equal(typeof dfa.stateBudget, 'number');
  });
});

describe('the size of a program', () => {
  it('counts what is repeated', () => {
    for (const [pattern, least] of [
      ['a{1000}', 1000],
      ['(ab{10}){10}', 100],
      ['[]a{5}]{100}', 100],
      ['[[:alpha:]{]{50}', 50],
      ['\\x{61}{70}', 70],
      ['(?:a|b){30}{3}', 30],
    ] as const) {
      assert.ok(programSizeOf(pattern) >= least, pattern);
    }
    assert.ok(programSizeOf('\\x{1000}') < 10);
  });

  it('is never less than half of what the compiler makes', () => {
    const atom = fc.constantFrom(
      'a',
      '.',
      '[a-z]',
      '[]a]',
      '[[:alpha:]]',
      '\\d',
      '\\pL',
      '\\x{61}',
      '\\p{Greek}',
      '^',
      '$',
      '\\b',
    );
    const times = fc.constantFrom('', '', '*', '+', '?', '{3}', '{2,}', '{0,5}', '{10}', '{7,9}', '*?', '{3}?');
    const { expression } = fc.letrec<{ expression: string; one: string }>((tie) => ({
      one: fc.oneof(
        { maxDepth: 3 },
        atom,
        tie('expression').map((inner) => `(${inner})`),
      ),
      expression: fc
        .array(fc.tuple(tie('one'), times), { minLength: 1, maxLength: 4 })
        .map((parts) => parts.flat().join('')),
    }));
    fc.assert(
      fc.property(expression, (pattern) => {
        const size = programSize(pattern);
        assert.ok(size === null || size <= 2 * programSizeOf(pattern), pattern);
      }),
    );
  });
});

function programSize(pattern: string): number | null {
  try {
    return RE2JS.compile(pattern).programSize();
  } catch {
    return null;
  }
}
