import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { COMPOSED, GUARDED_BUILTINS, LAYERS, type Layer } from '../layers.ts';
import { type ImportSite, importsOf } from './imports.ts';

/** Something a source file imports against the table of `tools/layers.ts`. */
export interface Violation {
  /** Relative to the repository. */
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

export interface SourceFile {
  /** `src/…`, relative to the repository. */
  readonly path: string;
  readonly source: string;
}

/** What a specifier stands for: a file of `src/`, another file of the repository, an npm package or a built-in. */
type Target =
  | { readonly kind: 'source'; readonly path: string }
  | { readonly kind: 'outside'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string };

/** Every violation in the given files; files of one folder are also judged together, for what no folder may combine. */
export function findViolations(files: readonly SourceFile[]): readonly Violation[] {
  const seen = new Map<string, Set<string>>();
  return files.flatMap((file) => violationsOf(file, seen));
}

/** The row of the table that a file of `src/` belongs to. */
function layerOf(path: string): string | null {
  const rows = Object.keys(LAYERS).filter((folder) => path.startsWith(`src/${folder}/`));
  return rows.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

function violationsOf(file: SourceFile, seen: Map<string, Set<string>>): readonly Violation[] {
  const from = layerOf(file.path);
  if (from === null) {
    return [{ path: file.path, line: 1, problem: 'is in no folder of the table in tools/layers.ts' }];
  }
  return importsOf(file.path, file.source).flatMap((site) => {
    const problem = problemWith(file.path, from, site, seen);
    return problem === null ? [] : [{ path: file.path, line: site.line, problem: `${site.form} of ${problem}` }];
  });
}

function problemWith(path: string, from: string, site: ImportSite, seen: Map<string, Set<string>>): string | null {
  if (site.specifier === null) {
    return site.form === 'module URL' || isTest(path) ? null : 'a specifier that is not a literal cannot be checked';
  }
  const target = resolveTarget(path, site);
  if (target === null) {
    return null;
  }
  if (target.kind === 'source') {
    return problemWithSource(path, from, target.path, seen);
  }
  if (isTest(path)) {
    return null;
  }
  if (target.kind === 'outside') {
    return rowOf(from).packages?.includes(target.path) === true ? null : `${target.path}, which is outside src/`;
  }
  return problemWithPackage(from, target.name);
}

function problemWithPackage(from: string, name: string): string | null {
  if (isBuiltin(name) && name !== 'node:test' && !GUARDED_BUILTINS.includes(name)) {
    return null;
  }
  return rowOf(from).packages?.includes(name) === true ? null : `${name}, which ${from} may not use`;
}

function problemWithSource(path: string, from: string, target: string, seen: Map<string, Set<string>>): string | null {
  if (isTest(target) && !isTest(path)) {
    return `${target}, which is test code`;
  }
  const to = layerOf(target);
  if (to === from) {
    return null;
  }
  if (to === null) {
    return `${target}, which is in no folder of the table`;
  }
  if (rowOf(to).open !== true && target !== `src/${to}/index.ts`) {
    return `${target}, past the door src/${to}/index.ts`;
  }
  return isTest(path) ? problemWithTest(from, to) : problemWithLayers(from, to, seen);
}

/** A test may look sideways, at the folder that made its input; a test that looks up belongs into test/e2e. */
function problemWithTest(from: string, to: string): string | null {
  return rowOf(to).number <= rowOf(from).number ? null : `${to}, which is above ${from}`;
}

function problemWithLayers(from: string, to: string, seen: Map<string, Set<string>>): string | null {
  const [mine, other] = [rowOf(from), rowOf(to)];
  if (other.number > mine.number) {
    return `${to}, which is above ${from}`;
  }
  if (other.number === mine.number && mine.siblings?.includes(to) !== true) {
    return `${to}, which is beside ${from}`;
  }
  const imported = seen.get(from) ?? new Set();
  seen.set(from, imported.add(to));
  for (const { folders, by } of COMPOSED) {
    if (folders.includes(to) && folders.every((folder) => imported.has(folder)) && !by.includes(from)) {
      return `${to}: only ${by.join(', ')} may import both ${folders.join(' and ')}`;
    }
  }
  return null;
}

function resolveTarget(path: string, { specifier, form }: ImportSite): Target | null {
  const name = specifier ?? '';
  const local = name.startsWith('#') ? `src/${name.slice(1)}` : posix.join(posix.dirname(path), name);
  if (name.startsWith('#test/')) {
    return { kind: 'outside', path: name.slice(1) };
  }
  if (name.startsWith('#') || name.startsWith('.')) {
    return { kind: local.startsWith('src/') ? 'source' : 'outside', path: local };
  }
  // `new URL('file.txt', import.meta.url)` is relative as well, and only code concerns this table.
  if (form === 'module URL') {
    return null;
  }
  const parts = name.split('/');
  return { kind: 'package', name: isBuiltin(name) ? name : parts.slice(0, name.startsWith('@') ? 2 : 1).join('/') };
}

/** Tests and the contract suites that tests run; product code may import neither. */
function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.endsWith('/contract.ts') || path.includes('/contract/');
}

function rowOf(folder: string): Layer {
  const row = LAYERS[folder];
  if (row === undefined) {
    throw new RangeError(`no folder ${folder} in the table`);
  }
  return row;
}
