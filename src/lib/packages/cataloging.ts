export { catalogers } from './catalogers/list.ts';
export { chooseDistribution } from './distribution.ts';
export { thirdPartyOf } from './third-party/third-party.ts';
