export { CatchUp } from './catch-up.ts';
export type { AdvisoriesContext } from './context.ts';
export { updateAdvisories } from './update.ts';
