export type { SbomName } from './formats/list.ts';
export { type WriteSbomOptions, writeSbom } from './write.ts';
