import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorsPage } from './errors.ts';
import { contractOnly, evidencePage, experimental, proofsIn } from './evidence.ts';
import { lowered } from './experimental-limit.ts';
import { parseSource } from './source.ts';

function errorsIn(...texts: readonly string[]): string {
  return errorsPage(texts.map((text, index) => parseSource(`src/lib/a${index}/error.ts`, text)));
}

describe('the page of error codes', () => {
  const good = `export type ACode =
  /** First
   * of all. */
  | 'A_ONE'
  /** Has a | in it. */
  | 'A_TWO';
export class AError extends AppError<ACode> { extra = 1; }`;

  it('lists each code with its comment', () => {
    const text = errorsIn(good, "export type BCode = /** Only. */ 'B'; export class BError extends AppError<BCode> {}");
    assert.match(text, /## AError\n\n`src\/lib\/a0\/error.ts`/);
    assert.match(text, /\| `A_ONE` \| First of all\. \|/);
    assert.match(text, /\| `A_TWO` \| Has a \\\| in it\. \|/);
    assert.match(text, /\| `B` \| Only\. \|/);
  });

  const refused: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    [
      'a code without a comment',
      "type C = /** Yes. */ 'A' | 'B'; class E extends AppError<C> {}",
      /B has no doc comment/,
    ],
    ['a line comment', "type C = // No.\n 'A'; class E extends AppError<C> {}", /A has no doc comment/],
    ['codes inside the class head', "class E extends AppError<'A'> {}", /expected `class E extends AppError<XCode>`/],
    ['a code that is not upper case', "type C = /** No. */ 'a-b'; class E extends AppError<C> {}", /UPPER_SNAKE/],
    ['an open code', 'type C = string; class E extends AppError<C> {}', /UPPER_SNAKE/],
  ];
  for (const [what, text, problem] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => errorsIn(text), problem));
  }

  it('refuses a code that two classes declare', () => {
    const other = "type C = /** Again. */ 'A_ONE'; class Other extends AppError<C> {}";
    assert.throws(() => errorsIn(good, other), /Other declares A_ONE, which AError declares as well/);
  });
});

describe('the page of evidence', () => {
  const proofs = proofsIn([
    parseSource(
      'src/a.test.ts',
      "evidence('lib/one', 'published', 'vectors'); evidence('lib/two', 'self-made', 'ours');" +
        "evidence('lib/three', 'contract only', 'answers of its reference');",
    ),
    parseSource(
      'src/b.test.ts',
      "evidence('lib/one', 'self-made', 'edge cases'); evidence('lib/two', 'self-made', 'more');" +
        "evidence('lib/three', 'self-made', 'refusals'); evidence('lib/one', 'contract only', 'more');",
    ),
  ]);

  it('calls experimental what rests on self-made samples alone', () => {
    assert.deepEqual(experimental(proofs), ['lib/two']);
    const text = evidencePage(proofs);
    assert.match(text, /3 capabilities, 1 experimental, 1 contract only\./);
    assert.match(
      text,
      /`lib\/one` \| proven \| `src\/a.test.ts`<br>`src\/b.test.ts` \| contract only: more<br>published: vectors<br>self-made: edge/,
    );
    assert.match(text, /`lib\/two` \| \*experimental\*/);
  });

  it('calls contract only what no service was asked for', () => {
    assert.deepEqual(contractOnly(proofs), ['lib/three']);
    assert.match(evidencePage(proofs), /`lib\/three` \| \*contract only\* \| .* \| contract only: answers/);
  });

  it('caps their numbers and only ever lowers the caps', () => {
    assert.equal(
      lowered({ max: 3, contractOnly: 3 }, ['lib/two'], ['lib/three', 'lib/four']),
      '{ "max": 1, "contractOnly": 2 }\n',
    );
    assert.throws(
      () => lowered({ max: 0, contractOnly: 0 }, ['lib/two'], []),
      /expected at most 0 experimental capabilities, found 1: lib\/two/,
    );
    assert.throws(
      () => lowered({ max: 0, contractOnly: 0 }, [], ['lib/three']),
      /expected at most 0 capabilities that are contract only, found 1: lib\/three/,
    );
  });

  it('refuses arguments that are not literals, and unknown origins', () => {
    for (const text of [
      "evidence(name, 'published', 'x')",
      "evidence('a/b', 'rumour', 'x')",
      "evidence('a/b', 'published')",
    ]) {
      assert.throws(() => proofsIn([parseSource('src/a.test.ts', text)]), /src\/a.test.ts: expected evidence/);
    }
  });
});
