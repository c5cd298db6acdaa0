export { buildShard, type ShardOrigin } from './build.ts';
export { type ShardCode, ShardError } from './error.ts';
export { openShard } from './open.ts';
export { replaceFile, sweepTemporary, temporaryPath } from './temporary.ts';
