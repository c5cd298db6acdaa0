import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { KillRounds } from '../fixtures/kill-rounds.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { startS3 } from '../fixtures/s3.ts';
import { scaleOut } from '../fixtures/scale-out.ts';
import { type ServerOptions, startServer, type TestServer } from '../fixtures/server.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/durability',
  'self-made',
  'plimsoll serve is killed under load, all its processes at once, and started again',
);

/** Many more than fit here: `PLIMSOLL_KILL_ROUNDS=150 node --test test/e2e/durability-kills.test.ts`. */
const ROUNDS = Number(process.env['PLIMSOLL_KILL_ROUNDS'] ?? 12);
const OFTEN = ['collection:', '  grace: 3s', '  every: 1s', 'scrub:', '  every: 1d'];

async function started(context: TestContext, options: ServerOptions): Promise<TestServer> {
  const server = await startServer(options);
  context.after(async () => await server.stop());
  return server;
}

async function survive(context: TestContext, server: TestServer, rounds: number): Promise<void> {
  const report = await new KillRounds(server).run(rounds);
  context.diagnostic(JSON.stringify(report));
  assert.equal(report.rounds, rounds);
  // How much was going on when it was killed is for the machine to say; that something was is enough.
  assert.ok(report.kept + report.deleted > 0 && report.interrupted > 0, JSON.stringify(report));
  const errors = server
    .log()
    .split('\n')
    .filter((line) => /"level":(?:50|60)/.test(line));
  assert.deepEqual(errors, []);
}

test('SQLite and files: nothing acknowledged is lost, nothing served is corrupt, nothing has to be repaired', async (context) => {
  const server = await started(context, { config: OFTEN.join('\n') });
  await survive(context, server, ROUNDS);
  await server.kill('SIGTERM');
  const database = new DatabaseSync(join(server.home, 'plimsoll.db'), { readOnly: true });
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
  database.close();
  const files = globSync(join(server.home, 'blobs/blobs/sha256/*/*'));
  assert.notEqual(files.length, 0);
  for (const file of files) {
    const hex = createHash('sha256').update(readFileSync(file)).digest('hex');
    assert.ok(basename(file).startsWith(hex), `${file} has the bytes of ${hex}`);
  }
});

test('PostgreSQL and S3: nothing acknowledged is lost, nothing served is corrupt, nothing has to be repaired', {
  skip: missing('postgresql', 'go'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  const s3 = await startS3();
  context.after(async () => await s3.stop());
  const stores = scaleOut(await postgres.createDatabase(), s3);
  const server = await started(context, { env: stores.env, config: [...stores.lines, ...OFTEN].join('\n') });
  await survive(context, server, Math.ceil(ROUNDS / 3));
});
