import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nearest } from './nearest.ts';

const WORDS = ['severity', 'packages', 'findings', 'id', 'ids', 'valid'];

for (const [word, meant] of [
  ['severty', 'severity'],
  ['Severity', 'severity'],
  ['sevreity', 'severity'],
  ['package', 'packages'],
  ['xyz', null],
  ['', null],
  ['idd', 'id'],
  ['severity'.repeat(40), null],
] as const) {
  it(`${JSON.stringify(word.slice(0, 20))} may be meant for ${meant ?? 'nothing'}`, () => {
    assert.equal(nearest(word, WORDS), meant);
  });
}
