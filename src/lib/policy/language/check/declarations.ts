import type { ConstantDeclaration, Library, Overload } from '../library.ts';

/** All that libraries declare, by name. */
export interface Declarations {
  readonly constants: ReadonlyMap<string, ConstantDeclaration>;
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  /** What names of functions begin with: `math`. */
  readonly namespaces: ReadonlySet<string>;
}

/** Lists of libraries do not change, and hundreds of expressions are checked with one of them. */
const made = new WeakMap<readonly Library[], Declarations>();

export function declarationsOf(libraries: readonly Library[]): Declarations {
  const known = made.get(libraries);
  if (known !== undefined) {
    return known;
  }
  const constants = new Map<string, ConstantDeclaration>();
  const functions = new Map<string, readonly Overload[]>();
  for (const library of libraries) {
    for (const constant of library.constants ?? []) {
      constants.set(constant.name, constant);
    }
    for (const { name, overloads } of library.functions) {
      functions.set(name, [...(functions.get(name) ?? []), ...overloads]);
    }
  }
  const declarations = { constants, functions, namespaces: namespacesOf(functions.keys()) };
  made.set(libraries, declarations);
  return declarations;
}

function namespacesOf(names: Iterable<string>): ReadonlySet<string> {
  const namespaces = new Set<string>();
  for (const name of names) {
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      namespaces.add(name.slice(0, dot));
    }
  }
  return namespaces;
}

/** What a name may be in full, the innermost first: of `n` in the container `a.b`, `a.b.n`, `a.n`, `n`. `.n` is only itself. */
export function candidateNames(container: string, name: string): readonly string[] {
  if (name.startsWith('.')) {
    return [name.slice(1)];
  }
  const candidates: string[] = [];
  let prefix = container;
  while (prefix !== '') {
    candidates.push(`${prefix}.${name}`);
    prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('.'), 0));
  }
  return [...candidates, name];
}
