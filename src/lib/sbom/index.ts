export { type SbomName, sbomWriters } from './formats/list.ts';
export { inventoryOf } from './inventory.ts';
export { readSbom } from './read.ts';
export { writeSbom } from './write.ts';
