import { createHash, type Hash, hash } from 'node:crypto';
import { digestHeads } from '#base/content-hash.ts';
import { type Analyser, type FileInfo, HEAD_BYTES } from '#model/analyser.ts';
import type { FileTableBuilder } from '../table/builder.ts';

import type { Results } from './results.ts';
import type { Selection } from './selection.ts';

const NOBODY: readonly Selection[] = [];
const ANY_EXECUTE = 0o111;

/** Memory that is kept for the files that analysers see; a larger file gets its own. */
const SCRATCH_BYTES = 16 * 1024 * 1024;

/** What describes packages is smaller; programs are larger, and to hash them three times would take as long as unpacking them. */
const DIGESTED_BYTES = 1024 * 1024;

/** The content of one file at a time: hashed if it can be run, held only if an analyser wants it, else passed over. */
export class FileReader {
  readonly #results: Results;
  readonly #table: FileTableBuilder | null;
  #path = '';
  #size = 0;
  #executable = false;
  #selections = NOBODY;
  /** The first bytes, while there are not enough of them to decide on. */
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headLength = 0;
  #decided = false;
  #hash: Hash | null = null;
  #held: Buffer | null = null;
  #scratch = Buffer.alloc(0);
  #heldLength = 0;

  constructor(results: Results, table: FileTableBuilder | null) {
    this.#results = results;
    this.#table = table;
  }

  /** True when the content is needed. */
  start(file: FileInfo, selections: readonly Selection[]): boolean {
    this.#path = file.path;
    this.#size = file.size;
    this.#executable = (file.mode & ANY_EXECUTE) !== 0;
    this.#selections = selections;
    this.#headLength = 0;
    this.#decided = false;
    return this.#table !== null || selections.length > 0;
  }

  get wantsMore(): boolean {
    return !this.#decided || this.#hash !== null || this.#heldLength < (this.#held?.length ?? 0);
  }

  content(piece: Buffer): void {
    if (this.#decided) {
      this.#pass(piece);
      return;
    }
    const wanted = Math.min(HEAD_BYTES, this.#size);
    if (this.#headLength === 0 && piece.length >= wanted) {
      this.#decide(piece, piece.length === this.#size);
      this.#pass(piece);
      return;
    }
    const more = piece.subarray(0, wanted - this.#headLength);
    this.#head.set(more, this.#headLength);
    this.#headLength += more.length;
    if (this.#headLength === wanted) {
      const head = this.#head.subarray(0, wanted);
      this.#decide(head, false);
      this.#pass(head);
      this.#pass(piece.subarray(more.length));
    }
  }

  end(): void {
    if (!this.#decided) {
      this.#decide(this.#head.subarray(0, 0), true);
      this.#pass(this.#head.subarray(0, 0));
    }
    if (this.#hash !== null) {
      this.#table?.addHash(this.#hash.digest());
    }
    if (this.#held !== null) {
      this.#analyse(this.#held);
    }
    this.#release();
  }

  fail(reason: string): void {
    for (const { analyser, path } of this.#selections) {
      this.#results.unreadable(this.#path, path, analyser.id, reason);
    }
    if (this.#selections.length === 0) {
      this.#results.problem(this.#path, 'layers', reason);
    }
    this.#release();
  }

  /** Who takes the file, now that its first bytes are known. A file that is whole already is neither copied nor hashed in parts. */
  #decide(head: Buffer, whole: boolean): void {
    this.#decided = true;
    if (this.#selections.length > 0) {
      this.#selections = this.#selections.filter((selection) => this.#accepts(selection, head));
    }
    if (this.#table !== null && (this.#executable || isProgram(head))) {
      if (whole) {
        this.#table.addHash(hash('sha256', head, 'buffer'));
      } else {
        this.#hash = createHash('sha256');
      }
    }
    if (this.#selections.length > 0) {
      this.#held = this.#memoryFor(
        Math.max(...this.#selections.map(({ analyser }) => heldBytes(analyser, this.#size))),
      );
      this.#heldLength = 0;
    }
  }

  /** The same memory for one file after the other: an analyser keeps nothing of it. */
  #memoryFor(size: number): Buffer {
    if (size > SCRATCH_BYTES) {
      return Buffer.allocUnsafeSlow(size);
    }
    if (size > this.#scratch.length) {
      this.#scratch = Buffer.allocUnsafeSlow(Math.min(SCRATCH_BYTES, size * 2));
    }
    return this.#scratch.subarray(0, size);
  }

  #accepts(selection: Selection, head: Buffer): boolean {
    const { analyser } = selection;
    try {
      if (analyser.accepts?.(head) === false) {
        return false;
      }
    } catch (error) {
      this.#results.failed(this.#path, selection, error);
      return false;
    }
    if (heldBytes(analyser, this.#size) > analyser.maxFileBytes) {
      const reason = `file of ${this.#size} bytes, at most ${analyser.maxFileBytes} are read`;
      this.#results.unreadable(this.#path, selection.path, analyser.id, reason);
      return false;
    }
    return true;
  }

  #pass(piece: Buffer): void {
    this.#hash?.update(piece);
    if (this.#held !== null && this.#heldLength < this.#held.length) {
      const part = piece.subarray(0, this.#held.length - this.#heldLength);
      this.#held.set(part, this.#heldLength);
      this.#heldLength += part.length;
    }
  }

  #analyse(held: Buffer): void {
    let heads: string | null = null;
    // All that take the whole file get the same view of it: what one works out of it, another may find again by that.
    const whole = held.subarray(0, this.#size);
    for (const selection of this.#selections) {
      const { analyser, path } = selection;
      const length = heldBytes(analyser, this.#size);
      const bytes = length === whole.length ? whole : held.subarray(0, length);
      const digests = (): string | undefined =>
        analyser.digests === true && bytes.length <= DIGESTED_BYTES ? (heads ??= digestHeads(bytes)) : undefined;
      try {
        const found = analyser.read({ path, bytes });
        this.#results.found(this.#path, selection, found, digests);
      } catch (error) {
        this.#results.failed(this.#path, selection, error, digests);
      }
    }
  }

  #release(): void {
    if (this.#held !== null && this.#held.length > SCRATCH_BYTES) {
      // Memory of its own: given back now, and not when somebody next looks for garbage.
      (this.#held.buffer as ArrayBuffer).transfer(0);
    }
    this.#hash = null;
    this.#held = null;
    this.#selections = NOBODY;
  }
}

/** How much of a file an analyser gets. */
function heldBytes({ maxFileBytes, beginningIsEnough }: Analyser, size: number): number {
  return beginningIsEnough === true ? Math.min(size, maxFileBytes) : size;
}

/** A script or an ELF binary: it can be run through an interpreter or the loader without an execute bit. */
function isProgram(head: Buffer): boolean {
  const first = head[0];
  if (first === 0x23) {
    return head[1] === 0x21;
  }
  return first === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}
