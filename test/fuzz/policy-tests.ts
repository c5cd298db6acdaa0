import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shippedSet } from '#lib/policy/index.ts';
import { SHIPPED_POLICIES } from '#lib/policy/shipped/list.ts';
import { parsePolicyTest } from '#lib/policy/test/parse.ts';
import { CaseRunner } from '#lib/policy/test/run-case.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const folder = resolve(import.meta.dirname, '../../src/lib/policy/shipped');
const set = await shippedSet();
/** Enough to reach every kind of member; each is a whole evaluation. */
const CASES = 3;

/** Cases of policies, and what comes of them. */
export const policyTests: FuzzTarget = {
  id: 'policy-tests',
  seeds: () => SHIPPED_POLICIES.map((name) => readFileSync(join(folder, name, 'policy.test.yaml'))),
  maxMillis: 2000,
  dictionary: ['__proto__', '&a', '*a', 'sha256:', '2026-01-01T00:00:00Z', 'null', '[]', '{}', 'line: ', 'sources: '],
  run: (input) => {
    const text = Buffer.from(input).toString('utf8');
    const { document, lineOf } = parsePolicyTest(text, 'f.test.yaml');
    const runner = new CaseRunner(set, 'f.test.yaml', document);
    for (const [index, entry] of document.cases.slice(0, CASES).entries()) {
      const verdict = runner.run(entry, null);
      invariant('a case has a line in its file, and a decision', () => {
        assert.ok(lineOf(index) >= 1 && lineOf(index) <= text.split('\n').length);
        assert.ok(verdict.rules.length > 0);
      });
    }
  },
};
