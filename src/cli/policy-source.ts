import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';

/** Where the user's policies are: what `PLIMSOLL_POLICIES` says, else the usual folder where it is there; null for those that ship. */
export async function policyPlace({ environment }: Config): Promise<string | null> {
  const named = environment['PLIMSOLL_POLICIES'];
  if (named !== undefined && named !== '') {
    return named;
  }
  const xdg = environment['XDG_CONFIG_HOME'];
  const folder = xdg?.startsWith('/') === true ? xdg : join(environment['HOME'] || userInfo().homedir, '.config');
  const path = join(folder, 'plimsoll/policies');
  try {
    return (await stat(path)).isDirectory() ? path : null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return null;
    }
    throw error;
  }
}
