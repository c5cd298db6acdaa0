import { Omissions } from '../../omissions.ts';
import { linesOf } from '../../text.ts';

/** A module that a program was built from. */
export interface GoModule {
  readonly path: string;
  /** With its `v`; `(devel)` or empty where the build did not know one. */
  readonly version: string;
  /** What was used in its place (`replace` in go.mod): a module, or a folder, which starts with `.` or `/`. */
  readonly replacement: GoModule | null;
}

export interface ModuleList {
  /** The import path of the main package; empty where the build did not say. */
  readonly path: string;
  readonly main: GoModule | null;
  readonly dependencies: readonly GoModule[];
  /** `-ldflags` as it is written there; empty where the build does not say. */
  readonly linkerFlags: string;
  readonly unknowns: readonly string[];
}

/** A module whose replacement may still follow. */
interface OpenModule extends GoModule {
  replacement: GoModule | null;
}

const LINKER_FLAGS = 'build\t-ldflags=';

/** The lines of runtime/debug `ParseBuildInfo`: a word, a tab, and columns with tabs between. */
export function parseModules(text: string): ModuleList {
  let mainPath = '';
  let linkerFlags = '';
  let main: GoModule | null = null;
  const dependencies: GoModule[] = [];
  const omissions = new Omissions();
  let last: OpenModule | null = null;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    const [word, path = '', version, ...rest] = line.split('\t', 5);
    if (word === 'path') {
      mainPath = path;
    }
    if (word === 'build' && line.startsWith(LINKER_FLAGS)) {
      linkerFlags = line.slice(LINKER_FLAGS.length);
    }
    if (word !== 'mod' && word !== 'dep' && word !== '=>') {
      continue;
    }
    if (path === '' || version === undefined || rest.length > 1) {
      omissions.add('expected a module with path and version in the build information', number);
      last = null;
      continue;
    }
    const module: OpenModule = { path, version, replacement: null };
    if (word === 'mod') {
      main = module;
      last = module;
    } else if (word === 'dep') {
      dependencies.push(module);
      last = module;
    } else if (last === null) {
      omissions.add('expected a module before its replacement in the build information', number);
    } else {
      last.replacement = module;
      last = null;
    }
  }
  return { path: mainPath, main, dependencies, linkerFlags, unknowns: omissions.reasons() };
}
