import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { data, missing } from '#test/prerequisites.ts';
import { ORDERS } from './orders.ts';

/** Lines that must be decided; the others have a text that is no version by the grammar. */
const FILES = [
  { file: 'alpine', order: ORDERS.apk, least: 700 },
  { file: 'debian', order: ORDERS.deb, least: 30 },
  { file: 'pypi', order: ORDERS.pep440, least: 25 },
  { file: 'rubygems', order: ORDERS.gem, least: 20 },
  { file: 'semver', order: ORDERS.semver, least: 60 },
];

describe('the orders that accuracy is judged by', () => {
  for (const { file, order, least } of FILES) {
    it(`hold the lines of ${file}, in both directions`, { skip: missing('shared-data') }, (t) => {
      let decided = 0;
      const undecided: string[] = [];
      for (const line of readFileSync(data(`spec/versions/${file}-versions.txt`), 'utf8').split('\n')) {
        const [, a = '', sign = '', b = ''] = /^(\S+) ([<=>]) (\S+)$/.exec(line.trim()) ?? [];
        if (sign === '' || line.startsWith('#')) {
          continue;
        }
        const [there, back] = [order(a, b), order(b, a)];
        if (there === null || back === null) {
          undecided.push(line);
          continue;
        }
        assert.deepEqual(
          [Math.sign(there), Math.sign(back) + 0],
          ['<=>'.indexOf(sign) - 1, 1 - '<=>'.indexOf(sign)],
          line,
        );
        decided += 1;
      }
      t.diagnostic(`${decided} decided, ${undecided.length} not: ${undecided.slice(0, 20).join('; ')}`);
      assert.ok(decided >= least, `${decided} lines`);
    });
  }
});
