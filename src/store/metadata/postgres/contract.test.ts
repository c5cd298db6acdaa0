import { randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '#base/clock.ts';
import { evidence } from '#test/evidence.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { metadataContract } from '../contract.ts';
import { openPostgresReader, openPostgresStore } from '../index.ts';

evidence('platform/metadata-postgresql', 'real tool', 'one contract over databases of the PostgreSQL of Debian');

const skip = missing('postgresql');
let server: Postgres | null = null;

before(async () => {
  server = skip === false ? await startPostgres() : null;
});
after(async () => {
  await server?.stop();
});

metadataContract({
  name: 'PostgreSQL',
  skip,
  create: async () => {
    const url = (await server?.createDatabase()) ?? '';
    return {
      open: () => openPostgresStore({ url, clock: systemClock, random: randomBytes }),
      openReader: () => openPostgresReader({ url }),
      query: async (sql) => {
        const client = new Client({ connectionString: url });
        await client.connect();
        try {
          const { rows } = await client.query<Readonly<Record<string, unknown>>>(sql);
          return rows;
        } finally {
          await client.end();
        }
      },
      childArguments: ['postgres', url],
      remove: () => Promise.resolve(),
    };
  },
});
