import { LIMITS, limitExceeded } from '#base/limits.ts';
import { notA } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';

/** A `go.mod` as written. */
export interface GoModFile {
  /** The path of the module itself. */
  readonly module: string;
  /** Empty where there is no such line. */
  readonly go: string;
  readonly toolchain: string;
  readonly requires: readonly Replacement[];
  /** By module path, or by path and version with a blank between. */
  readonly replaces: ReadonlyMap<string, Replacement>;
  /** Lines that are no directive of the format. */
  readonly notUnderstood: readonly string[];
}

/** A module; without a version a folder. */
export interface Replacement {
  readonly path: string;
  readonly version: string;
}

/** What else a line may begin with: nothing that adds to the build. */
const OTHERS: ReadonlySet<string> = new Set(['module', 'exclude', 'retract', 'godebug', 'tool', 'ignore']);
/** Lines that are shown. */
const LINES_KEPT = 16;
/** No directive has more words. */
const WORDS_KEPT = 8;

/** The lines of a `go.mod` (Go Modules Reference, "go.mod files"). Throws `PACKAGE_METADATA_INVALID` without a module. */
export function parseGoMod(bytes: Uint8Array, object: string): GoModFile {
  let go = '';
  let toolchain = '';
  let module: string | null = null;
  const requires: Replacement[] = [];
  const replaces = new Map<string, Replacement>();
  const notUnderstood: string[] = [];
  for (const words of directives(decodeText(bytes))) {
    const [verb = '', ...rest] = words;
    const [first = '', second = ''] = rest;
    module ??= verb === 'module' ? first : null;
    if (verb === 'require' && rest.length === 2) {
      requires.push({ path: first, version: second });
    } else if (verb === 'replace' && rest.includes('=>')) {
      addReplacement(replaces, rest);
    } else if (verb === 'go' && rest.length === 1) {
      go = first;
    } else if (verb === 'toolchain' && rest.length === 1) {
      toolchain = first;
    } else if (!OTHERS.has(verb) && notUnderstood.length < LINES_KEPT) {
      notUnderstood.push(words.join(' '));
    }
    if (Math.max(requires.length, replaces.size) > LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'modules');
    }
  }
  if (module === null) {
    throw notA(object, 'a module line', 'none');
  }
  return { module, go, toolchain, requires, replaces, notUnderstood };
}

function addReplacement(replaces: Map<string, Replacement>, words: readonly string[]): void {
  const arrow = words.indexOf('=>');
  const [path = '', version = ''] = words.slice(arrow + 1);
  replaces.set(words.slice(0, arrow).join(' '), { path, version });
}

/** The words of each directive; one of a block in parentheses has the block's verb in front. */
function* directives(text: string): Generator<readonly string[], void> {
  let block: string | null = null;
  for (const line of linesOf(text)) {
    const words = wordsOf(line);
    if (block !== null && words[0] === ')') {
      block = null;
    } else if (words.length === 2 && words[1] === '(') {
      block = words[0] ?? '';
    } else if (words.length > 0) {
      yield block === null ? words : [block, ...words];
    }
  }
}

/** Without comments; quotes around a word are no part of it. */
function wordsOf(line: string): readonly string[] {
  const comment = line.indexOf('//');
  const text = (comment === -1 ? line : line.slice(0, comment)).trim();
  return text === ''
    ? []
    : text
        .split(/[ \t]+/, WORDS_KEPT)
        .flatMap((word) => (word.length > 1 && word.endsWith('(') ? [word.slice(0, -1), '('] : [word]))
        .map(unquote);
}

function unquote(word: string): string {
  const quote = word.charAt(0);
  return word.length > 1 && (quote === '"' || quote === '`') && word.endsWith(quote) ? word.slice(1, -1) : word;
}
