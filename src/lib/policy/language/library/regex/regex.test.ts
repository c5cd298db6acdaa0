import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CelBudgetError } from '../../error.ts';
import { evaluate, libraryContract } from '../contract.ts';
import { regex } from './index.ts';

libraryContract(regex, {
  holds: [
    'regex.replace("foo bar", "(fo)o (ba)r", r"\\2 \\1") == "ba fo" && regex.replace("test", "(.)", "$2") == "$2$2$2$2"',
    'regex.replace("banana", "a", "x", 2) == "bxnxna" && regex.replace("banana", "a", "x", 0) == "banana" && regex.replace("aa", "a", "x", -1) == "xx"',
    'regex.replace("ab", "", "-") == "-a-b-" && regex.replace("a😀b", ".", r"[\\0]") == "[a][😀][b]"',
    'regex.extract("item-A, item-B", "item-(\\\\w+)") == optional.of("A") && regex.extract("a", "b") == optional.none()',
    'regex.extract("ab", "a(x)?b") == optional.none() && regex.extract("hello world", "l+o") == optional.of("llo")',
    'regex.extractAll("id:123, id:456", "id:\\\\d+") == ["id:123", "id:456"] && regex.extractAll("a1b2", "[a-z]([0-9])") == ["1", "2"]',
    'regex.extractAll("aaa", "b") == []',
  ],
  errors: [
    ['regex.replace("a", "(", "b", 0)', /invalid regular expression/],
    ['regex.replace("a", "(", "b")', /invalid regular expression "\("/],
    ['regex.replace("a", "a", r"\\1")', /names group 1; the expression has 0/],
    ['regex.replace("a", "a", r"\\x")', /expected a digit or \\/],
    ['regex.extract("x", "(a)(b)").hasValue()', /one group at most, found 2/],
    ['regex.extractAll("x", "(a)(b)") == []', /one group at most, found 2/],
  ],
});

it('replacements are paid for as they come', () => {
  const long = 'lists.range(1000).map(x, "0123456789").join()';
  assert.throws(() => evaluate(`regex.replace(${long}, "[0-9]", ${long})`, 1_000_000), CelBudgetError);
});
