export { buildShard, type ShardOrigin } from './build.ts';
export { changeShard, type ShardChanges } from './change.ts';
export { compareShards, type ShardDifference } from './compare.ts';
export { type ShardCode, ShardError } from './error.ts';
export { assertForeignShard, SHARD_FORMAT, type ShardClaims } from './foreign.ts';
export { type OpenShard, openShard } from './open.ts';
export { replaceFile, sweepTemporary, temporaryPath } from './temporary.ts';
