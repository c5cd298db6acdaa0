import type { Cataloger } from './cataloger.ts';
import { installed } from './catalogers/installed.ts';

/** Those that are asked: who reads what is only declared takes part, and is loaded, when lock files are to be read. */
export async function catalogersFor({ lockFiles }: { readonly lockFiles: boolean }): Promise<readonly Cataloger[]> {
  return lockFiles ? (await import('./catalogers/list.ts')).catalogers : installed;
}

export { chooseDistribution } from './distribution.ts';
export { thirdPartyOf } from './third-party/third-party.ts';
