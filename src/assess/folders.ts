import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';

/** Where compressed archives are unpacked. A data folder that cannot be written to costs what would be kept there, not the run. */
export async function folderForArchives(home: string, log: Log): Promise<string> {
  const folder = join(home, 'tmp');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    log.warn('the data folder cannot be written to: nothing is kept', { home, error: messageOf(error) });
    return tmpdir();
  }
}
