import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { DUMPED_TABLES, TABLES_LEFT_OUT } from './tables.ts';

it('every table is in a backup, or left out for a reason', () => {
  const schema = readFileSync(resolve(import.meta.dirname, '../../../../sql/sqlite/schema.sql'), 'utf8');
  const tables = [...schema.matchAll(/^CREATE TABLE "?(\w+)"?/gm)].map(([, name = '']) => name);
  assert.ok(tables.length > 20);
  assert.deepEqual([...DUMPED_TABLES.map(({ name }) => name), ...TABLES_LEFT_OUT].toSorted(), tables.toSorted());
});
