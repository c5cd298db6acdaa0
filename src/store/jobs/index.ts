export type { JobSettings } from './driver.ts';
export { graphileJobs, migrateGraphileJobs } from './graphile/jobs.ts';
export { rowJobs } from './rows/jobs.ts';
export type { JobTables } from './tables.ts';
