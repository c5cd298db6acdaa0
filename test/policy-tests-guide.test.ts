import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { runPolicyTests, shippedSet } from '#lib/policy/index.ts';
import { CASE_DEFAULTS } from '#lib/policy/test/case-facts.ts';

const guide = readFileSync(resolve(import.meta.dirname, '../docs/guides/policy-tests.md'), 'utf8');
const blocks = guide
  .split('```yaml\n')
  .slice(1)
  .map((text) => text.slice(0, text.indexOf('```')));

test('the guide of policy tests shows cases that are as they say', async () => {
  const files = blocks
    .filter((text) => text.includes('kind: PolicyTest'))
    .map((text, index) => ({ path: `guide-${index + 1}.test.yaml`, text }));
  assert.equal(files.length, 2);
  const { cases } = await runPolicyTests(await shippedSet(), files, {
    facts: (path) => Promise.reject(new Error(path)),
    report: (path) => (path === 'shop.json' ? Promise.resolve(CASE_DEFAULTS) : Promise.reject(new Error(path))),
  });
  assert.deepEqual(
    cases.flatMap(({ failures }) => failures),
    [],
  );
  assert.equal(cases.length, 4);
});

test('the guide of policy tests says what stands for what a case does not write', () => {
  const defaults = blocks.find((text) => !text.includes('kind: PolicyTest'));
  assert.deepEqual(parse(defaults ?? ''), CASE_DEFAULTS);
});
