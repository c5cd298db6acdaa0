import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** What an analysis process runs, and all that it may read: absolute paths. */
export interface AnalysisProgram {
  readonly entry: string;
  /** Files and folders with what the entry imports. */
  readonly readable: readonly string[];
}

const ROOT = resolve(import.meta.dirname, '../../..');

/** The catalogers. What they need of this program is listed, so that not even the rest of it can be read. */
export const CATALOGERS: AnalysisProgram = {
  entry: resolve(import.meta.dirname, 'child.ts'),
  readable: [
    'package.json',
    'src/assess/isolation',
    'src/base',
    'src/lib/layers',
    'src/lib/packages',
    'src/model',
    'node_modules/xz-decompress',
  ].map((path) => resolve(ROOT, path)),
};

export interface CommandOptions {
  readonly program: AnalysisProgram;
  /** A folder that is to be analysed, beside the program. */
  readonly folder: string | null;
  readonly memoryBytes: number;
  /** Whether whoever else wants the processor comes first: nobody waits for the result. */
  readonly isBackground?: boolean;
}

const MiB = 1024 * 1024;
const KiB = 1024;
/** What V8 reserves and does not use: as data it counts, as memory it does not. */
const RESERVED_BYTES = 1024 * MiB;
/** Of processor time, for a process whose parent is gone and cannot stop it. */
const CPU_SECONDS = 4 * 60 * 60;

/**
 * Limits that the kernel enforces, then Node in the place of the shell: memory, no core dumps, no byte into any file
 * (`node:sqlite` passes by the permission model), processor time. A system that knows a limit under another name goes without.
 */
const LIMITS = 'unset PWD OLDPWD; ulimit -c 0; ulimit -f 0; ulimit -d "$1"; ulimit -t "$2"; shift 2;';
/**
 * Each process group of ours is a session, and Linux may share out processors among sessions, whatever the niceness of processes in them
 * (sched(7), "The autogroup feature"). POSIX has `nice`, small images of containers may not.
 */
const POLITE = '{ echo 10 >/proc/$$/autogroup; } 2>/dev/null; command -v nice >/dev/null && exec nice -n 5 "$0" "$@";';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Node with the permission model: it may read its program and nothing else, and start nothing, not even a thread. */
export function commandOf({ program, folder, memoryBytes, isBackground = false }: CommandOptions): Command {
  const readable = [...[program.entry, ...program.readable].flatMap(withTarget), ...(folder === null ? [] : [folder])];
  const flags = [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-addons',
    '--no-experimental-sqlite',
    '--disallow-code-generation-from-strings',
    '--disable-sigusr1',
    '--no-warnings',
    `--max-old-space-size=${Math.floor(memoryBytes / MiB)}`,
  ];
  const limits = [Math.floor((memoryBytes + RESERVED_BYTES) / KiB), CPU_SECONDS].map(String);
  return {
    file: '/bin/sh',
    args: [
      '-c',
      `${LIMITS} ${isBackground ? POLITE : ''} exec "$0" "$@"`,
      process.execPath,
      ...limits,
      ...flags,
      program.entry,
    ],
  };
}

/** Where packages are links to a store of packages, modules are read under their real names. */
function withTarget(path: string): readonly string[] {
  try {
    const target = realpathSync(path);
    return target === path ? [path] : [path, target];
  } catch {
    return [path];
  }
}
