/** Finds packages and the distribution in the files of an image. */
export type { Cataloger } from './cataloger.ts';
export type { Contradiction, ReleaseFact } from './distribution.ts';
export { CATALOGERS_IDENTITY } from './identity.ts';

/** What finds them, and what tells distributions and vendors: loaded when there are files to read. */
export const loadCataloging = async () => await import('./cataloging.ts');

/** Every cataloger. */
export const loadCatalogers = async () => (await import('./catalogers/list.ts')).catalogers;
