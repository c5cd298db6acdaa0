export type { Advisories, ShardStatus, ShownAdvisory, UpdateResult } from './advisories.ts';
export { openAdvisories } from './advisories.ts';
export type { AssessProgress } from './assess.ts';
export { assess } from './assess.ts';
export { judge } from './gate.ts';
export { showSeverities } from './report.ts';
