import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '#base/clock.ts';
import { openSqliteStore } from '#store/metadata/index.ts';
import { evidence } from '#test/evidence.ts';
import { CONTRACT_TIMES, jobContract } from './contract.ts';

evidence('platform/jobs on SQLite', 'self-made', 'workers in several processes on one file, one of them killed');

jobContract({
  name: 'SQLite',
  skip: false,
  create: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-jobs-'));
    const path = join(folder, 'plimsoll.db');
    return {
      open: () => openSqliteStore({ path, clock: systemClock, random: randomBytes, ...CONTRACT_TIMES }),
      childArguments: ['sqlite', path],
      hasten: () => {
        const database = new DatabaseSync(path, { timeout: 30_000 });
        database.exec('UPDATE jobs SET run_at = 0; UPDATE schedules SET next_at = 0;');
        database.close();
        return Promise.resolve();
      },
      remove: () => rm(folder, { recursive: true }),
    };
  },
});
