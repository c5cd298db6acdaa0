import type { Cataloger } from './cataloger.ts';
import { catalogers } from './catalogers/list.ts';

/** Those that are asked: who reads what is only declared takes part when lock files are to be read. */
export function catalogersFor({ lockFiles }: { readonly lockFiles: boolean }): readonly Cataloger[] {
  return lockFiles ? catalogers : catalogers.filter(({ capabilities }) => capabilities.confidence !== 'declared');
}

export { chooseDistribution } from './distribution.ts';
export { thirdPartyOf } from './third-party/third-party.ts';
export { catalogers };
