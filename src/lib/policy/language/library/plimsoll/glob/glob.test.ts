import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CelBudgetError } from '../../../error.ts';
import { evaluate, libraryContract } from '../../contract.ts';
import { glob } from './index.ts';

libraryContract(glob, {
  holds: [
    '"GPL-3.0".glob("GPL-*") && "usr/lib/x.so".glob("usr/**") && "a/b".glob("*/?") && "".glob("*") && "a\\nb".glob("*")',
    '!"a/b".glob("*") && !"a/b".glob("a?b") && !"ab".glob("?") && !"".glob("?")',
    '"a.c".glob("a.c") && !"abc".glob("a.c") && "a+(b)[c]{2}^$|\\\\".glob("a+(b)[c]{2}^$|\\\\") && "😀".glob("?")',
  ],
  errors: [],
});

it('a glob is of the whole text, never of a part', () => {
  for (const text of ['LGPL-3.0', 'GPL-3.0 or later/x', 'xGPL-', 'GPL']) {
    assert.equal(evaluate(`${JSON.stringify(text)}.glob("GPL-*")`), false, text);
  }
});

it('stars in plenty are paid for', () => {
  assert.throws(
    () =>
      evaluate(
        'cel.bind(t, lists.range(15000).map(x, "a").join(), t.glob(lists.range(600).map(x, "*a").join() + "b"))',
        1_000_000,
      ),
    CelBudgetError,
  );
});
