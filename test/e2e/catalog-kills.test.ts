import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { openWorld } from '../fixtures/catalog-world.ts';
import { CatalogKillRounds } from '../fixtures/kill-rounds-catalog.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'platform/garbage-collection',
  'self-made',
  'processes that push, mount, delete, restore and collect are killed, at chosen points and at any',
);

/** Many more than fit here: `PLIMSOLL_CATALOG_KILLS=150`. */
const ROUNDS = Number(process.env['PLIMSOLL_CATALOG_KILLS'] ?? 20);

async function survive(context: TestContext, postgres: string | null, seed: number): Promise<void> {
  const world = await openWorld(context, postgres);
  const report = await new CatalogKillRounds(world, postgres, seed).run(ROUNDS);
  context.diagnostic(JSON.stringify(report));
  assert.ok(report.killed * 2 >= ROUNDS, JSON.stringify(report));
  assert.ok(report.pushed > ROUNDS && report.deleted > 0 && report.collected > 0, JSON.stringify(report));
}

test('SQLite: whatever moment a process is killed at, nothing acknowledged is lost and nothing has to be repaired', async (context) => {
  await survive(context, null, 1);
});

test('PostgreSQL: whatever moment a process is killed at, nothing acknowledged is lost and nothing has to be repaired', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  await survive(context, await postgres.createDatabase(), 2);
});
