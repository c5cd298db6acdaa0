import { decodeText } from '../../text.ts';

/** Tags that are read here (rpm, `include/rpm/rpmtag.h`). */
export const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  arch: 1022,
  fileStates: 1029,
  fileDigests: 1035,
  sourceRpm: 1044,
  provideName: 1047,
  requireName: 1049,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  modularityLabel: 5096,
} as const;

const WANTED: ReadonlySet<number> = new Set(Object.values(TAG));

/** As rpm's own `HEADER_TAGS_MAX`. */
const MAX_ENTRIES = 0xffff;
const ENTRY_BYTES = 16;
const CHAR = 1;
const INT8 = 2;
const INT32 = 4;
const STRING = 6;
const STRING_ARRAY = 8;
const I18N_STRING = 9;
/** Bytes of one value, by type; of the types of text at least the byte at its end. */
const SIZES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 1, 1];

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Into the data of the header. */
  readonly offset: number;
}

/** Text number `n` is the bytes from `starts[n]` to before the zero that is before `starts[n + 1]`. */
export interface TextSpans {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
}

/** Why the bytes are no header: what was expected, and what was found. */
export class HeaderProblem extends Error {}

/**
 * The header of a package as databases keep it: the numbers of index entries and of data bytes, 16 bytes an entry, the data
 * (rpm, `docs/manual/hregions.md` and `format.md`). Everything is big-endian. Only the tags above can be asked for.
 */
export class Header {
  readonly #entries: ReadonlyMap<number, Entry>;
  readonly #data: Buffer;

  constructor(entries: ReadonlyMap<number, Entry>, data: Buffer) {
    this.#entries = entries;
    this.#data = data;
  }

  /** Empty when there is none; of several the first. */
  text(tag: number): string {
    const entry = this.#entry(tag, [STRING, I18N_STRING, STRING_ARRAY]);
    const [start = 0, end = 1] = entry === undefined ? [] : this.#starts({ ...entry, count: 1 });
    return decodeText(this.#data.subarray(start, end - 1));
  }

  texts(tag: number): readonly string[] {
    const { bytes, starts } = this.spans(tag);
    const [first = 0] = starts;
    // All at once: one after the other takes ten times as long.
    return starts.length < 2 ? [] : decodeText(bytes.subarray(first, (starts.at(-1) ?? 1) - 1)).split('\0');
  }

  /** Where the texts of an array lie. */
  spans(tag: number): TextSpans {
    const entry = this.#entry(tag, [STRING_ARRAY, STRING]);
    return { bytes: this.#data, starts: entry === undefined ? new Uint32Array() : this.#starts(entry) };
  }

  /** How many values there are. */
  count(tag: number): number {
    return this.#entries.get(tag)?.count ?? 0;
  }

  /** Numbers of 32 bits without sign. */
  numbers(tag: number): Uint32Array {
    const entry = this.#entry(tag, [INT32]);
    return Uint32Array.from({ length: entry?.count ?? 0 }, (_, index) =>
      this.#data.readUInt32BE((entry?.offset ?? 0) + 4 * index),
    );
  }

  /** Numbers of 8 bits. */
  bytes(tag: number): Uint8Array {
    const entry = this.#entry(tag, [CHAR, INT8]);
    return entry === undefined ? new Uint8Array() : this.#data.subarray(entry.offset, entry.offset + entry.count);
  }

  /** Where the texts start, and where the one after them would: a zero byte is before each but the first. */
  #starts({ offset, count }: Entry): Uint32Array {
    const starts = new Uint32Array(count + 1);
    let at = offset;
    for (let index = 0; index < count; index += 1) {
      starts[index] = at;
      while (at < this.#data.length && this.#data[at] !== 0) {
        at += 1;
      }
      if (at === this.#data.length) {
        throw new HeaderProblem('expected texts with a zero byte at their end, found one without');
      }
      at += 1;
    }
    starts[count] = at;
    return starts;
  }

  #entry(tag: number, types: readonly number[]): Entry | undefined {
    const entry = this.#entries.get(tag);
    if (entry !== undefined && !types.includes(entry.type)) {
      throw new HeaderProblem('expected texts and numbers where their tags say so, found values of other types');
    }
    return entry;
  }
}

/** Throws a `HeaderProblem`. The header refers to the bytes. */
export function parseHeader(bytes: Uint8Array): Header {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = whole.length < 8 ? 0 : whole.readUInt32BE(0);
  const length = whole.length < 8 ? 0 : whole.readUInt32BE(4);
  const start = 8 + ENTRY_BYTES * count;
  if (count === 0 || count > MAX_ENTRIES || start + length !== whole.length) {
    throw new HeaderProblem('expected a header as long as its index and data, found another');
  }
  const data = whole.subarray(start);
  const entries = new Map<number, Entry>();
  for (let at = 8; at < start; at += ENTRY_BYTES) {
    const tag = whole.readUInt32BE(at);
    const entry = {
      type: whole.readUInt32BE(at + 4),
      offset: whole.readUInt32BE(at + 8),
      count: whole.readUInt32BE(at + 12),
    };
    const size = SIZES[entry.type] ?? 0;
    if (size === 0 || entry.count === 0 || entry.offset + size * entry.count > length) {
      throw new HeaderProblem('expected values inside the header, found some outside or of an unknown type');
    }
    if (WANTED.has(tag)) {
      // What rpm adds to an installed package stands behind the part that was signed, and counts instead of it.
      entries.set(tag, entry);
    }
  }
  return new Header(entries, data);
}
