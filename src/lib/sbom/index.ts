export type { Difference } from './compare/difference.ts';
export { declaredFiles, diffFiles, type FileContent } from './compare/files.ts';
export { diffPackages, observePackages, type Sight } from './compare/packages.ts';
export { type DocumentPlace, scopeOf, typesOf } from './compare/scope.ts';
export { type SbomName, sbomWriters } from './formats/list.ts';
export { inventoryOf } from './inventory.ts';
export { readSbom } from './read.ts';
export { writeSbom } from './write.ts';
