import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { it } from 'node:test';
import * as door from './index.ts';
import { schemeFor, versionSchemes } from './list.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

it('the list of version schemes equals the folders, sorted by id', () => {
  assert.deepEqual(
    versionSchemes.map((scheme) => scheme.id),
    folders,
  );
});

it('every version scheme folder exports one value, and it is the listed one', async () => {
  for (const scheme of versionSchemes) {
    const member = (await import(`./${scheme.id}/index.ts`)) as Record<string, unknown>;
    assert.deepEqual(Object.values(member), [scheme], scheme.id);
    assert.equal(schemeFor(scheme.id), scheme);
  }
});

it('the door of the family hides the members', () => {
  assert.deepEqual(Object.keys(door).toSorted(), ['schemeFor', 'versionSchemes']);
});
