import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CelBudgetError } from '../../error.ts';
import { evaluate, libraryContract } from '../contract.ts';
import { fixedText, scientificText, shortestText } from './decimal.ts';
import { strings } from './index.ts';

libraryContract(strings, {
  holds: [
    '"tacocat".charAt(3) == "o" && "tacocat".charAt(7) == "" && "a😀b".charAt(1) == "😀" && "a😀b".charAt(2) == "b"',
    '"hello mellow".indexOf("ello") == 1 && "hello mellow".indexOf("jello") == -1 && "".indexOf("a") == -1',
    '"hello mellow".indexOf("ello", 2) == 7 && "a".indexOf("", 3) == 3 && "😀😀b".indexOf("b", 1) == 2',
    '"hello mellow".lastIndexOf("ello") == 7 && "abc".lastIndexOf("") == 3 && "".lastIndexOf("@@") == -1',
    '"hello mellow".lastIndexOf("ello", 6) == 1 && "😀b😀b".lastIndexOf("b", 2) == 1',
    '["a", "b"].join() == "ab" && [].join("-") == "" && ["a", "b"].join("-") == "a-b"',
    '"TacoCÆt".lowerAscii() == "tacocÆt" && "tacoCαt".upperAscii() == "TACOCαT"',
    '"hello hello".replace("he", "we") == "wello wello" && "aaa".replace("aa", "b") == "ba"',
    '"hello hello".replace("he", "we", 1) == "wello hello" && "aa".replace("a", "b", 0) == "aa" && "aa".replace("a", "b", -1) == "bb"',
    '"ab".replace("", "-") == "-a-b-" && "ab".replace("", "-", 1) == "-ab" && "$&".replace("$", "$1") == "$1&"',
    '"a b c".split(" ") == ["a", "b", "c"] && "😀b".split("") == ["😀", "b"] && "".split(",") == [""]',
    '"a b c".split(" ", 2) == ["a", "b c"] && "a b".split(" ", 0) == [] && "abc".split("", 2) == ["a", "bc"]',
    '"tacocat".substring(4) == "cat" && "tacocat".substring(7) == "" && "a😀b".substring(1, 2) == "😀"',
    '"\\u0085\\u00a0 text\\u180e\\ufeff ".trim() == "text\\u180e\\ufeff"',
    '"a😀b".reverse() == "b😀a"',
    'strings.quote("a\\a\\n\\"\\\\") == "\\"a\\\\a\\\\n\\\\\\"\\\\\\\\\\""',
    '"%s %d %.2f %e %b %o %x %X %%".format(["a", 1, 2.5, 10.0, 5, 8, "Az", 255]) == "a 1 2.50 1.000000e+01 101 10 417a FF %"',
    '"%s".format([[1, {"b": 2.0, "a": null}, b"x", duration("90s"), timestamp("2026-01-01T00:00:00Z"), type(1)]]) ' +
      '== "[1, {a: null, b: 2}, x, 90s, 2026-01-01T00:00:00Z, int]"',
    '"%s %s %b".format([severity.high, 1u, true]) == "high 1 1"',
  ],
  errors: [
    ['"tacocat".charAt(8)', /index out of range: 8/],
    ['"a".indexOf("a", 1) == 0', /index out of range: 1/],
    ['"a".lastIndexOf("a", -1) == 0', /index out of range: -1/],
    ['"tacocat".substring(4, 3)', /invalid substring range\. start: 4, end: 3/],
    ['"tacocat".substring(1, 50)', /index out of range: 50/],
    ['dyn(["a", 1]).join()', /no such overload/],
    ['"%s".format([])', /index 0 out of range/],
    ['"%a".format([1])', /unrecognized formatting clause "a"/],
    ['"%".format([1])', /unexpected end of string/],
    ['"%.f".format([1.0])', /expected 0 to 100 digits/],
    ['"%.101f".format([1.0])', /expected 0 to 100 digits/],
    ['"%d".format(["a"])', /decimal clause is for ints, uints, and doubles; given string/],
    ['"%x".format([0.5])', /hex clause .* given double/],
    ['"%s".format([optional.none()])', /string clause .* given optional_type/],
  ],
});

it('results are paid for before they are made', () => {
  const kilo = '"0123456789".split("").map(x, "0123456789").join().split("").map(x, "0123456789").join()';
  for (const text of [
    `${kilo}.replace("", ${kilo}).replace("", ${kilo})`,
    `lists.range(100000).map(x, "0123456789").join(${kilo})`,
    `"%s".format([lists.range(100000).map(x, "0123456789")])`,
  ]) {
    assert.throws(() => evaluate(text, 1_000_000), CelBudgetError, text);
  }
});

it('digits of doubles are exact, ties go to the even one', () => {
  const fixed: readonly (readonly [value: number, places: number, text: string])[] = [
    [2.5, 0, '2'],
    [3.5, 0, '4'],
    [-0.125, 2, '-0.12'],
    [1.2345, 3, '1.234'],
    [1e21, 1, '1000000000000000000000.0'],
    [0, 2, '0.00'],
    [999.9996, 3, '1000.000'],
    [Number.NEGATIVE_INFINITY, 3, '-Infinity'],
  ];
  for (const [value, places, text] of fixed) {
    assert.equal(fixedText(value, places), text);
  }
  assert.equal(scientificText(9.9999999, 2), '1.00e+01');
  assert.equal(scientificText(5e-324, 3), '4.941e-324');
  assert.equal(scientificText(0, 0), '0e+00');
  assert.equal(shortestText(1e21), '1000000000000000000000');
  assert.equal(shortestText(-1.5e-7), '-0.00000015');
  assert.equal(shortestText(-0), '-0');
});
