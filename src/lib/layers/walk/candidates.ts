import type { Analyser } from '#model/analyser.ts';

/** Characters of paths that are told apart: those of ASCII, and one for all others. */
const CHARACTERS = 129;
const OTHERS = CHARACTERS - 1;

/**
 * Tells which analysers a file may concern, from what they say of all the paths that they want: to ask every one of them for each
 * of a million files takes as long as reading the files. Files of a folder mostly come one after the other.
 */
export class Candidates {
  readonly #analysers: readonly Analyser[];
  /** By the last two characters of a path, filled as such paths come. */
  readonly #byEnding: (readonly number[])[] = [];
  /** Those who say how their paths begin. */
  readonly #placed: readonly number[];
  /** Which of them the files of the folder may concern. */
  readonly #near: boolean[];
  /** Of the last path, with its slash. */
  #folder = '';

  constructor(analysers: readonly Analyser[]) {
    this.#analysers = analysers;
    this.#placed = [...analysers.keys()].filter((index) => analysers[index]?.beginnings !== undefined);
    this.#near = analysers.map((analyser) => mayLie(analyser, ''));
  }

  /** Indexes of analysers, in their order; `isNear` holds for those that remain, until the next path. */
  of(path: string): readonly number[] {
    const end = path.lastIndexOf('/') + 1;
    if (end !== this.#folder.length || !path.startsWith(this.#folder)) {
      this.#folder = path.slice(0, end);
      for (const index of this.#placed) {
        this.#near[index] = mayLie(this.#analysers[index] as Analyser, this.#folder);
      }
    }
    const last = characterAt(path, path.length - 1);
    const before = characterAt(path, path.length - 2);
    return (this.#byEnding[before * CHARACTERS + last] ??= this.#endingIn(before, last));
  }

  isNear(index: number): boolean {
    return this.#near[index] === true;
  }

  #endingIn(before: number, last: number): readonly number[] {
    return [...this.#analysers.keys()].filter((index) => {
      const { endings } = this.#analysers[index] as Analyser;
      return endings?.some((ending) => mayEnd(ending, before, last)) ?? true;
    });
  }
}

/** Also for paths of one character. */
function characterAt(text: string, index: number): number {
  return Math.min(text.charCodeAt(Math.max(index, 0)), OTHERS);
}

function mayEnd(ending: string, before: number, last: number): boolean {
  return (
    characterAt(ending, ending.length - 1) === last &&
    (ending.length === 1 || characterAt(ending, ending.length - 2) === before)
  );
}

/** Whether a file of the folder itself can have a path that begins so. */
function mayLie({ beginnings }: Analyser, folder: string): boolean {
  return (
    beginnings?.some(
      (beginning) =>
        folder.startsWith(beginning) || (beginning.startsWith(folder) && !beginning.includes('/', folder.length)),
    ) ?? true
  );
}
