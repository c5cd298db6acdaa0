export type { SbomFormat, SbomOptions } from './formats/contract.ts';
export { sbomFormats } from './formats/list.ts';
