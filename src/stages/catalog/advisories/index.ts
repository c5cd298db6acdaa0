export { CatchUp } from './catch-up.ts';
export type { AdvisoriesContext } from './context.ts';
export { type UpdatedAdvisories, updateAdvisories } from './update.ts';
