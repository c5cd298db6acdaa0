import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importsOf } from '../layers/imports.ts';
import type { Fault } from './faults.ts';

/** Faults that are judged in one process: none of them is in a file that the test of another one loads. */
export type Company = readonly Fault[];

const MOST_TOGETHER = 16;
/** Tests of whole programs: each in a process of its own. */
const APART = 'test/';
/** What starts our own programs: which files these load cannot be seen from here. */
const STARTS_OURS = /process\.execPath|bin\/plimsoll|import \{[^}]*\bfork\b[^}]*\} from 'node:child_process'/;
/** What they start is named in a file that whoever uses them loads, as below. */
const STARTS_NAMED: ReadonlySet<string> = new Set([
  'src/assess/isolation/command.ts',
  'src/store/keys/drivers/pkcs11/token-process.ts',
]);
/** A program of ours, beside the file that names it. */
const PROGRAM = /\bresolve\(import\.meta\.dirname, '([^']+\.ts)'\)/;

/**
 * Puts faults into as few companies as is easily found, by what the tests load: every `import`, `import()`, module URL and program that is a literal. A fault
 * whose test loads what cannot be followed is alone.
 */
export function companiesOf(root: string, faults: readonly Fault[]): readonly Company[] {
  const loads = new Loads(root);
  const companies: Fault[][] = [];
  for (const fault of faults) {
    const own = loads.by(fault.test.file);
    const fits = (other: Fault): boolean =>
      own !== null && !own.has(other.file) && loads.by(other.test.file)?.has(fault.file) === false;
    const found = companies.find((company) => company.length < MOST_TOGETHER && company.every(fits));
    if (found === undefined) {
      companies.push([fault]);
    } else {
      found.push(fault);
    }
  }
  return companies;
}

/** Which files of the tree each file loads, itself among them. */
class Loads {
  readonly #root: string;
  readonly #direct = new Map<string, readonly string[] | null>();
  readonly #all = new Map<string, ReadonlySet<string> | null>();

  constructor(root: string) {
    this.#root = root;
  }

  /** All that a test file loads, however far away; null when that cannot be told. */
  by(file: string): ReadonlySet<string> | null {
    const known = this.#all.get(file);
    if (known !== undefined) {
      return known;
    }
    const found = file.startsWith(APART) ? null : this.#follow(file);
    this.#all.set(file, found);
    return found;
  }

  #follow(file: string): ReadonlySet<string> | null {
    const found = new Set([file]);
    for (const one of found) {
      const direct = this.#read(one);
      if (direct === null) {
        return null;
      }
      direct.forEach((next) => found.add(next));
    }
    return found;
  }

  #read(file: string): readonly string[] | null {
    const known = this.#direct.get(file);
    if (known !== undefined) {
      return known;
    }
    const found = this.#parse(file);
    this.#direct.set(file, found);
    return found;
  }

  #parse(file: string): readonly string[] | null {
    const path = join(this.#root, file);
    if (!file.endsWith('.ts') || !existsSync(path)) {
      return [];
    }
    const source = readFileSync(path, 'utf8');
    const specifiers = importsOf(file, source)
      .filter(({ form }) => form !== 'type import')
      .map(({ specifier }) => specifier);
    if ((STARTS_OURS.test(source) && !STARTS_NAMED.has(file)) || specifiers.includes(null)) {
      return null;
    }
    const programs = [...source.matchAll(new RegExp(PROGRAM, 'g'))].map(([, name = '']) => join(dirname(file), name));
    return [...specifiers.flatMap((specifier) => fileOf(file, specifier ?? '') ?? []), ...programs];
  }
}

/** The file that a specifier means, from the root; null for a package. */
function fileOf(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) {
    return join(dirname(from), specifier);
  }
  if (!specifier.startsWith('#')) {
    return null;
  }
  return specifier.startsWith('#test/') ? specifier.slice(1) : `src/${specifier.slice(1)}`;
}
