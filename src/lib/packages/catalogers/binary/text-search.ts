import { LIMITS, limitExceeded } from '#base/limits.ts';
import { startsWithAt } from './read-version.ts';

/** Node.js looks for longer ones in a way that takes several times as long in a program. */
const SEARCHED_BYTES = 7;
const NUL = '\0';

/** Looks for a text of single bytes in one file. Throws LimitError for a file that is made of what it looks for. */
export class TextSearch {
  readonly #bytes: Buffer;
  readonly #object: string;
  readonly #text: string;
  /** NULs at the start of the text: programs are full of them, so what follows is looked for. */
  readonly #nuls: number;
  readonly #needle: Buffer;
  #places = 0;

  constructor(bytes: Buffer, text: string, object: string) {
    this.#bytes = bytes;
    this.#object = object;
    this.#text = text;
    this.#nuls = nulsAtStart(text);
    this.#needle = Buffer.from(text.slice(this.#nuls, this.#nuls + SEARCHED_BYTES), 'latin1');
  }

  get length(): number {
    return this.#text.length;
  }

  /** The first place from there on; -1 when there is none. */
  next(from = 0): number {
    let at = this.#bytes.indexOf(this.#needle, from + this.#nuls);
    while (at !== -1) {
      this.#places += 1;
      if (this.#places > LIMITS.placesOfText) {
        throw limitExceeded(this.#object, LIMITS.placesOfText, 'places of one text');
      }
      const start = at - this.#nuls;
      if (startsWithAt(this.#bytes, start, this.#text)) {
        return start;
      }
      at = this.#bytes.indexOf(this.#needle, at + 1);
    }
    return -1;
  }
}

/** None where there is nothing else. */
function nulsAtStart(text: string): number {
  let count = 0;
  while (text.charAt(count) === NUL) {
    count += 1;
  }
  return count === text.length ? 0 : count;
}
