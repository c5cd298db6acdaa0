import { test } from 'node:test';
import { evidence } from '../evidence.ts';
import { raceDocuments } from '../fixtures/documents-race.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { missing } from '../prerequisites.ts';

evidence('platform/documents', 'real tool', 'two who change documents at once, on PostgreSQL and SQLite');

test('of two who change documents at once none makes a set that does not go together: SQLite', async (context) => {
  await raceDocuments(context, null, 2);
});

test('of two who change documents at once none makes a set that does not go together: PostgreSQL', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  await raceDocuments(context, await postgres.createDatabase(), 4);
});
