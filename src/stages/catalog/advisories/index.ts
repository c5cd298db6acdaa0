/** Following advisories, for workers alone: what reads shards takes 15 MB. */
export { CatchUp } from './catch-up.ts';
export type { AdvisoriesContext } from './context.ts';
export { updateAdvisories } from './update.ts';
