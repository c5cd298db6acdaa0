export { type SbomName, sbomWriters } from './formats/list.ts';
export { writeSbom } from './write.ts';
