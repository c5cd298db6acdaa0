import type { Advisories, AdvisoriesOptions } from './advisories.ts';

export type { Advisories, ShardStatus, ShownAdvisory, UpdateResult } from './advisories.ts';
export type { AssessProgress } from './assess.ts';
export { assess } from './assess.ts';
export { judge } from './gate.ts';
export { showSeverities } from './report.ts';

/** The advisories of one source. What that takes is loaded when they are asked for. */
export async function openAdvisories(options: AdvisoriesOptions): Promise<Advisories> {
  const { openAdvisories: open } = await import('./advisories.ts');
  return open(options);
}
