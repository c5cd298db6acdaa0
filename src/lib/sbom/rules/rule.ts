import { quote } from '#base/error.ts';
import { SbomError } from '../error.ts';

/** Where a value breaks a rule, and how. */
export interface Fault {
  /** `components[3].purl`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Says what is wrong with a value; null when it is a `T`. */
export interface Rule<T> {
  (value: unknown): Fault | null;
  /** Never there: keeps `T`. */
  readonly type?: T;
}

/** The values that keep a rule. */
export type Kept<R> = R extends Rule<infer T> ? T : never;

/** Throws `SBOM_INVALID`, naming the place in the document, for a value that breaks the rule. */
export function assertKept<T>(rule: Rule<T>, value: unknown, document: string, format: string): asserts value is T {
  const fault = rule(value);
  if (fault !== null) {
    throw faulty(fault, document, format);
  }
}

function faulty({ path, expected, found }: Fault, document: string, format: string): SbomError {
  return new SbomError('SBOM_INVALID', `not as ${format} says`, {
    object: path === '' ? document : `${document}, ${path}`,
    expected,
    found,
  });
}

export function fault(expected: string, value: unknown): Fault {
  return { path: '', expected, found: describe(value) };
}

/** The fault of a member or element, told from the value around it. */
export function inside(name: string | number, { path, expected, found }: Fault): Fault {
  const own = typeof name === 'number' ? `[${name}]` : shownName(name);
  return { path: `${own}${path === '' || path.startsWith('[') ? '' : '.'}${path}`, expected, found };
}

/** Plain names stay readable; others come from the document and are quoted. */
function shownName(name: string): string {
  return /^[A-Za-z@$][\w@:-]{0,60}$/.test(name) ? name : `[${quote(name, 60)}]`;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return 'nothing';
  }
}
