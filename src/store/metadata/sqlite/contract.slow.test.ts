import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '#base/clock.ts';
import { evidence } from '#test/evidence.ts';
import { metadataContract } from '../contract.ts';
import { openSqliteReader, openSqliteStore } from '../index.ts';

evidence(
  'platform/metadata-sqlite',
  'real tool',
  'SQLite itself: one contract over files that several stores and processes share, read back by a connection of the test',
);

metadataContract({
  name: 'SQLite',
  skip: false,
  create: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-metadata-'));
    const path = join(folder, 'plimsoll.db');
    return {
      open: () => openSqliteStore({ path, clock: systemClock, random: randomBytes }),
      openReader: () => openSqliteReader({ path }),
      query: (sql) => {
        const database = new DatabaseSync(path, { timeout: 30_000 });
        const rows = database.prepare(sql).all();
        database.close();
        return Promise.resolve(rows);
      },
      childArguments: ['sqlite', path],
      remove: () => rm(folder, { recursive: true }),
    };
  },
});
