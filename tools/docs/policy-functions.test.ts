import assert from 'node:assert/strict';
import { it } from 'node:test';
import { POLICY_LIBRARIES } from '#lib/policy/language/index.ts';
import { policyFunctionsPage } from './policy-functions.ts';

it('the page of functions has every one that an expression can write', () => {
  const text = policyFunctionsPage(POLICY_LIBRARIES);
  assert.match(text, /## strings\n\n.*\n\n\| function \|/);
  assert.match(text, /\| `charAt` \| The character .* \| `string\.charAt\(int\): string` \|/);
  assert.match(text, /`severity < severity: bool`/);
  assert.match(text, /Constants: `severity\.critical`/);
  assert.match(text, /`list\(dyn\)\[int\]: dyn`/);
  assert.match(text, /`!bool: bool`/);
  assert.match(text, /`dyn in list\(dyn\): bool`/);
  assert.doesNotMatch(text, /@(?:in|max|sort)/);
  for (const { functions } of POLICY_LIBRARIES) {
    for (const { name } of functions.filter((declared) => !declared.name.includes('@'))) {
      assert.ok(text.includes(`| \`${name.replaceAll('|', '\\|')}\` |`), name);
    }
  }
});
