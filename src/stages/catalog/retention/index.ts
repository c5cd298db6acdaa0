export { applyRetention, type Retention, type RetentionEntry } from './apply-retention.ts';
export type { RetentionRule } from './rule.ts';
