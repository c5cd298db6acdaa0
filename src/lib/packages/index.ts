/** Finds packages and the distribution in the files of an image. */
export type { Cataloger } from './cataloger.ts';
export { catalogers } from './catalogers/list.ts';
