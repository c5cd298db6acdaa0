export type { Difference } from './compare/difference.ts';
export { compareFiles, declaredFiles, type FileContent } from './compare/files.ts';
export { comparePackages } from './compare/packages.ts';
export { type DocumentPlace, scopeOf, typesOf } from './compare/scope.ts';
export { type SbomName, sbomWriters } from './formats/list.ts';
export { inventoryOf } from './inventory.ts';
export { readSbom } from './read.ts';
export { writeSbom } from './write.ts';
