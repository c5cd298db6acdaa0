export { isStale } from '#lib/advisories/index.ts';
export { affectedPurls, type NewsOfShards } from './affected.ts';
export { newsOf, type ShardNews, settle } from './compared.ts';
export { type Dictionary, groupsIn, type PackageGroup } from './dictionary.ts';
export { findingsOf } from './findings.ts';
export { MovingAdvisories } from './moving-advisories.ts';
