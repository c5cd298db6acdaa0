import type { Analyser } from '#model/analyser.ts';

/** Paths that end in anything but ASCII. */
const OTHERS = 128;

/**
 * Tells which analysers a file may concern, from what they say of all the paths that they want: to ask every one of them for each
 * of a million files takes as long as reading the files. Files of a folder mostly come one after the other.
 */
export class Candidates {
  readonly #analysers: readonly Analyser[];
  /** By the last character of a path. */
  readonly #byEnding: readonly (readonly number[])[];
  /** Which of them the files of the folder may concern. */
  readonly #near: boolean[];
  /** Of the last path, with its slash. */
  #folder = '';

  constructor(analysers: readonly Analyser[]) {
    this.#analysers = analysers;
    this.#byEnding = Array.from({ length: OTHERS + 1 }, (_, last) =>
      [...analysers.keys()].filter((index) => mayEnd(analysers[index], last)),
    );
    this.#near = analysers.map((analyser) => mayLie(analyser, ''));
  }

  /** Indexes of analysers, in their order; `isNear` holds for those that remain, until the next path. */
  of(path: string): readonly number[] {
    const end = path.lastIndexOf('/') + 1;
    if (end !== this.#folder.length || !path.startsWith(this.#folder)) {
      this.#folder = path.slice(0, end);
      for (const [index, analyser] of this.#analysers.entries()) {
        this.#near[index] = mayLie(analyser, this.#folder);
      }
    }
    return this.#byEnding[Math.min(path.charCodeAt(path.length - 1), OTHERS)] ?? [];
  }

  isNear(index: number): boolean {
    return this.#near[index] === true;
  }
}

function mayEnd(analyser: Analyser | undefined, last: number): boolean {
  return analyser?.endings?.some((ending) => Math.min(ending.charCodeAt(ending.length - 1), OTHERS) === last) ?? true;
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
