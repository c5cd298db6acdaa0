export { applyRetention } from './apply-retention.ts';
export { brokenRules, type RetentionRule } from './rule.ts';
