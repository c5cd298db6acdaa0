export { applyRetention, type Retention, type RetentionEntry } from './apply-retention.ts';
export { brokenRules, type RetentionRule } from './rule.ts';
