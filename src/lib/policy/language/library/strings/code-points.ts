/** CEL counts characters of Unicode, JavaScript halves of them: the same but for what is past U+FFFF. */
export class CodePoints {
  readonly text: string;
  /** Offsets of the characters, where they are not their own numbers. */
  readonly #offsets: readonly number[] | null;

  constructor(text: string) {
    this.text = text;
    this.#offsets = /[\ud800-\udfff]/.test(text) ? offsetsOf(text) : null;
  }

  get length(): number {
    return this.#offsets?.length ?? this.text.length;
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.#toOffset(start), this.#toOffset(end));
  }

  /** From the character `from` on; -1 for none. */
  indexOf(part: string, from: number): number {
    return this.#toIndex(this.text.indexOf(part, this.#toOffset(from)));
  }

  /** That starts at the character `from` at the latest; -1 for none. */
  lastIndexOf(part: string, from: number): number {
    return this.#toIndex(this.text.lastIndexOf(part, this.#toOffset(from)));
  }

  #toOffset(index: number): number {
    return this.#offsets === null ? index : (this.#offsets[index] ?? this.text.length);
  }

  #toIndex(offset: number): number {
    if (this.#offsets === null || offset < 1) {
      return offset;
    }
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#offsets[middle] ?? 0) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

function offsetsOf(text: string): readonly number[] {
  const offsets: number[] = [];
  let offset = 0;
  for (const char of text) {
    offsets.push(offset);
    offset += char.length;
  }
  return offsets;
}
