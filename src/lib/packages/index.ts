/** Finds packages and the distribution in the files of an image. */
export type { Cataloger } from './cataloger.ts';
export { catalogers } from './catalogers/list.ts';
export type { Contradiction, ReleaseFact } from './distribution.ts';
export { chooseDistribution } from './distribution.ts';
export { thirdPartyOf } from './third-party/third-party.ts';
