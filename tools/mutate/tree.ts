import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { root } from '../lib/files.ts';
import { runNode } from '../lib/run.ts';

const LEFT_OUT = new Set(['node_modules', '.git', '.cache']);

export interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A copy of the sources that may be damaged; it shares the dependencies of the original. */
export interface Tree extends Disposable {
  readonly path: string;
  /** Where Node keeps what it compiled of the copy: all but one file are the same for every fault. */
  readonly compiled: string;
  /** Runs `work` while `find` in `file` stands as `replace`. */
  planted<Result>(file: string, find: string, replace: string, work: () => Promise<Result>): Promise<Result>;
  /** The same with many changes; of those that overlap only the first is made. */
  plantedTogether<Result>(changes: readonly Change[], work: () => Promise<Result>): Promise<Result>;
  /** Complaints of the compiler that mean code that cannot even run: syntax, unknown names, missing exports. */
  brokenLines(): Promise<readonly string[]>;
}

/** TS1xxx are syntax errors; the others say that a name, a module or an export does not exist. */
const CANNOT_RUN = /error TS(1\d{3}|2304|2305|2307|2552|2724|18004):/;

export function copyTree(from: string): Tree {
  const path = mkdtempSync(join(tmpdir(), 'plimsoll-mutate-'));
  const compiled = `${path}-compiled`;
  // The launcher compares the age of the lockfile with that of the dependencies, so times are kept.
  cpSync(from, path, {
    recursive: true,
    preserveTimestamps: true,
    filter: (source) => !LEFT_OUT.has(relative(from, source)),
  });
  const modules = resolve(from, 'node_modules');
  if (existsSync(modules)) {
    symlinkSync(modules, join(path, 'node_modules'));
  }
  return {
    path,
    compiled,
    planted: async (file, find, replace, work) => {
      const target = join(path, file);
      const source = readFileSync(target, 'utf8');
      const at = source.indexOf(find);
      writeFileSync(target, source.slice(0, at) + replace + source.slice(at + find.length));
      try {
        return await work();
      } finally {
        writeFileSync(target, source);
      }
    },
    plantedTogether: async (changes, work) => {
      const sources = new Map<string, string>();
      for (const { file, find, replace } of changes) {
        const target = join(path, file);
        const source = readFileSync(target, 'utf8');
        sources.set(target, sources.get(target) ?? source);
        const at = source.indexOf(find);
        if (at !== -1) {
          writeFileSync(target, source.slice(0, at) + replace + source.slice(at + find.length));
        }
      }
      try {
        return await work();
      } finally {
        for (const [target, source] of sources) {
          writeFileSync(target, source);
        }
      }
    },
    brokenLines: async () => {
      const tsc = resolve(root, 'node_modules/typescript/bin/tsc');
      const { output } = await runNode([tsc, '--project', '.', '--pretty', 'false'], { cwd: path });
      return output.split('\n').filter((line) => CANNOT_RUN.test(line));
    },
    [Symbol.dispose]: () => [path, compiled].forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}
