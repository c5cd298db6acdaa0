import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { AcquireKillRounds, PIECE_BYTES } from '../fixtures/acquire-kill-rounds.ts';
import { temporaryFolder } from '../fixtures/open-images.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/durability',
  'real tool',
  'workers that take images of docker-registry, judge and promote them are killed, at chosen points and at any',
);

/** Many more than fit here: `PLIMSOLL_ACQUIRE_KILLS=100`. */
const ROUNDS = Number(process.env['PLIMSOLL_ACQUIRE_KILLS'] ?? 8);
const PIECES = 10;

async function survive(context: TestContext, postgres: string | null, seed: number): Promise<void> {
  const rounds = await AcquireKillRounds.open({ folder: temporaryFolder(context), postgres }, seed);
  context.after(async () => await rounds.close());
  // Some of the pieces may be of other blobs.
  const offset = await rounds.resumesAfter(PIECES);
  assert.ok(offset >= PIECE_BYTES, `what was here was fetched anew: the rest was asked for from ${offset} on`);
  const report = await rounds.run(ROUNDS);
  context.diagnostic(JSON.stringify(report));
  const { killedIn, ...counts } = report;
  for (const [what, count] of Object.entries({ ...counts, ...killedIn, again: 1 })) {
    assert.ok(count > 0, `${what}: ${JSON.stringify(report)}`);
  }
}

test('SQLite: whatever moment a worker is killed at, nothing is half promoted, and what was begun is ended by the next', {
  skip: missing('docker-registry'),
}, async (context) => {
  await survive(context, null, 1);
});

test('PostgreSQL: whatever moment a worker is killed at, nothing is half promoted, and what was begun is ended by the next', {
  skip: missing('docker-registry', 'postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  await survive(context, await postgres.createDatabase(), 2);
});
