import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { discard, hasCode, OPEN_FLAGS } from './files.ts';

const NAME = 'tally';

/** Two or three thousand writes: a tally that lies is found out then, since the files are counted anew. */
const MAX_BYTES = 16_384;

/**
 * Adds a write to the estimate of what the cache holds, which its processes share: a file of lines, what was last counted
 * and then what each write took. Returns the sum, or null when nothing can be relied on and the files have to be counted.
 * An entry that is written twice counts twice, so the estimate errs towards counting too early.
 */
export async function addToTally(root: string, bytes: number): Promise<number | null> {
  try {
    const file = await open(
      join(root, NAME),
      constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | OPEN_FLAGS,
      0o600,
    );
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size === 0 || found.size > MAX_BYTES) {
        return null;
      }
      const buffer = Buffer.alloc(found.size);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      await file.appendFile(`${bytes}\n`);
      return sumOf(buffer.toString('latin1', 0, bytesRead), bytes);
    } finally {
      await file.close();
    }
  } catch {
    // A folder or a link in its place, a full disk: without an estimate every write counts.
    return null;
  }
}

/** Starts the tally anew with what was counted. */
export async function setTally(root: string, bytes: number): Promise<void> {
  const path = join(root, NAME);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | OPEN_FLAGS;
  try {
    const file = await open(path, flags, 0o600);
    try {
      await file.writeFile(`${bytes}\n`);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, 'EISDIR', 'ELOOP', 'ENXIO')) {
      await discard(path);
    }
  }
}

/** Null for anything but lines of digits, the last one ended. */
function sumOf(text: string, first: number): number | null {
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    return null;
  }
  let sum = first;
  for (const line of lines) {
    if (!/^[0-9]{1,15}$/.test(line)) {
      return null;
    }
    sum += Number(line);
  }
  return sum;
}
