import { existsSync, readdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';

/** The folder of the repository. */
export const root = resolve(import.meta.dirname, '../..');

const SKIPPED = new Set(['node_modules', '.git', '.cache', 'fixtures']);

/** All files below `folder` that end in `suffix`, as paths relative to `base`, sorted; without fixtures and dependencies. */
export function listFiles(folder: string, suffix = '', base = root): readonly string[] {
  const start = resolve(base, folder);
  return existsSync(start) ? [...walk(start, suffix)].map((path) => relative(base, path)).toSorted() : [];
}

function* walk(folder: string, suffix: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = resolve(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) {
      yield* walk(path, suffix);
    } else if (entry.isFile() && entry.name.endsWith(suffix)) {
      yield path;
    }
  }
}
