import { runMigrations } from 'graphile-worker';
import type { Pool } from 'pg';
import { silentLog } from '#base/log.ts';
import { graphileLogger } from './log.ts';

/**
 * Brings graphile-worker's schema up to date, on a connection of its own. Processes that do so at once get in each other's way for some tries:
 * call it where one at a time does.
 */
export async function migrateGraphile(pool: Pool): Promise<void> {
  await runMigrations({ pgPool: pool, logger: graphileLogger(silentLog) });
}
