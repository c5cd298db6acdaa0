import type { Classifier } from './classifier.ts';

/** Which classifiers a file may concern for its name. Asked for every file of every layer: no text is made. */
export class FileNames {
  /** By the last character of a name. */
  readonly #byEnding = new Map<number, readonly FileName[]>();

  constructor(classifiers: readonly Classifier[]) {
    for (const classifier of classifiers) {
      for (const pattern of classifier.files) {
        for (const ending of endingsOf(pattern)) {
          const last = ending.charCodeAt(ending.length - 1);
          this.#byEnding.set(last, [...(this.#byEnding.get(last) ?? []), { pattern, classifier }]);
        }
      }
    }
  }

  /** What every name ends in one of. */
  endings(): readonly string[] {
    const names = [...this.#byEnding.values()].flat();
    return [...new Set(names.flatMap(({ pattern }) => endingsOf(pattern)))].toSorted();
  }

  has(path: string): boolean {
    const start = path.lastIndexOf('/') + 1;
    const candidates = this.#byEnding.get(path.charCodeAt(path.length - 1));
    if (candidates !== undefined) {
      for (const { pattern } of candidates) {
        if (matches(path, start, pattern)) {
          return true;
        }
      }
    }
    return false;
  }

  of(path: string): readonly Classifier[] {
    const start = path.lastIndexOf('/') + 1;
    const candidates = this.#byEnding.get(path.charCodeAt(path.length - 1)) ?? [];
    const found = candidates.filter(({ pattern }) => matches(path, start, pattern));
    return [...new Set(found.map(({ classifier }) => classifier))];
  }
}

interface FileName {
  readonly pattern: string;
  readonly classifier: Classifier;
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const STAR = 0x2a;
const DOT = 0x2e;

/** A `*` at the end stands for nothing too. */
function endingsOf(pattern: string): readonly string[] {
  if (!pattern.endsWith('*')) {
    return [pattern.slice(pattern.lastIndexOf('*') + 1)];
  }
  const before = pattern.slice(0, -1);
  return [before.slice(before.lastIndexOf('*') + 1), ...DIGITS];
}

function matches(path: string, start: number, pattern: string): boolean {
  let at = start;
  for (let index = 0; index < pattern.length; index += 1) {
    const expected = pattern.charCodeAt(index);
    if (expected === STAR) {
      at = endOfNumber(path, at);
    } else if (path.charCodeAt(at) === expected) {
      at += 1;
    } else {
      return false;
    }
  }
  return at === path.length;
}

/** The first number with dots in the name of a file, empty when there is none: `3.11` of `libpython3.11.so.1.0`. */
export function numberIn(path: string): string {
  let start = path.lastIndexOf('/') + 1;
  while (start < path.length && !isDigit(path, start)) {
    start += 1;
  }
  return path.slice(start, endOfNumber(path, start));
}

/** A dot belongs to the number when a digit follows. */
function endOfNumber(path: string, start: number): number {
  let at = start;
  while (isDigit(path, at) || (at > start && path.charCodeAt(at) === DOT && isDigit(path, at + 1))) {
    at += 1;
  }
  return at;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
