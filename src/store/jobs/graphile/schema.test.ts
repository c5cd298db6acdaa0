import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GRAPHILE_SCHEMA } from './jobs.ts';

test('the schema that is expected is that of the graphile-worker that we have', () => {
  const folder = new URL('../sql/', import.meta.resolve('graphile-worker'));
  const newest = readdirSync(fileURLToPath(folder)).toSorted().at(-1);
  assert.equal(newest, `${String(GRAPHILE_SCHEMA).padStart(6, '0')}.sql`);
});
