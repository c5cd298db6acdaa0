/** Chunks of LZMA as LZMA2 has them (`lzma2_decoder.c` of XZ Utils, and the LZMA specification), decoded into one piece of memory. */

const STATES = 12;
const LITERAL_STATES = 7;
const POSITION_STATES = 16;
const HALF = 1024;
const BITS = 11;
const MOVE = 5;
const TOP = 0x1000000;

/** Where the probabilities of each kind are in one table. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES;
const IS_REP0 = IS_REP + STATES;
const IS_REP1 = IS_REP0 + STATES;
const IS_REP2 = IS_REP1 + STATES;
const IS_LONG = IS_REP2 + STATES;
const SLOTS = IS_LONG + STATES * POSITION_STATES;
const SPECIAL = SLOTS + 4 * 64;
const ALIGN = SPECIAL + 128;
const LENGTH = ALIGN + 16;
/** Two bits, then 8 lengths for each position twice, then 256. */
const LENGTH_SIZE = 2 + 2 * POSITION_STATES * 8 + 256;
const REP_LENGTH = LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;
const LITERAL_SIZE = 0x300;
/** LZMA2 has at most four bits of context and position for literals. */
const LITERAL_BITS = 4;
const SIZE = LITERAL + (LITERAL_SIZE << LITERAL_BITS);

/** The state that goes on from chunk to chunk. Throws a RangeError for whatever the format does not allow. */
export class LzmaDecoder {
  readonly #input: Uint8Array;
  readonly #probabilities = new Uint16Array(SIZE);
  #at = 0;
  #end = 0;
  #range = 0;
  #code = 0;
  #state = 0;
  #reps: [number, number, number, number] = [0, 0, 0, 0];
  #literalContext = 0;
  #literalMask = 0;
  #positionMask = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** One byte of properties: literal context, literal position and position bits. */
  setProperties(byte: number): void {
    const context = byte % 9;
    const rest = Math.floor(byte / 9);
    const literal = rest % 5;
    const position = Math.floor(rest / 5);
    if (position > 4 || context + literal > LITERAL_BITS) {
      throw new RangeError('properties of LZMA past their bounds');
    }
    this.#literalContext = context;
    this.#literalMask = (1 << literal) - 1;
    this.#positionMask = (1 << position) - 1;
  }

  reset(): void {
    this.#probabilities.fill(HALF);
    this.#state = 0;
    this.#reps = [0, 0, 0, 0];
  }

  /** Decodes `input` from `start` to `end` into `output` from `from` to `to`; what is in front of `floor` is not referred to. */
  decode(start: number, end: number, output: Uint8Array, floor: number, from: number, to: number): void {
    this.#at = start;
    this.#end = end;
    if (this.#next() !== 0) {
      throw new RangeError('a chunk of LZMA that does not begin with 0');
    }
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let count = 0; count < 4; count += 1) {
      this.#code = ((this.#code << 8) | this.#next()) >>> 0;
    }
    let position = from;
    while (position < to) {
      const inWord = (position - floor) & this.#positionMask;
      if (this.#bit(IS_MATCH + this.#state * POSITION_STATES + inWord) === 0) {
        output[position] = this.#literal(output, floor, position);
        position += 1;
        continue;
      }
      const length = this.#match(inWord);
      const [distance] = this.#reps;
      if (distance >= position - floor || length > to - position) {
        throw new RangeError('a match outside of what was decoded');
      }
      copy(output, position, distance + 1, length);
      position += length;
    }
    this.#normalise();
    if (this.#at !== end || this.#code !== 0) {
      throw new RangeError('a chunk of LZMA that does not end where it says');
    }
  }

  #literal(output: Uint8Array, floor: number, position: number): number {
    const before = position > floor ? (output[position - 1] ?? 0) : 0;
    const row =
      (((position - floor) & this.#literalMask) << this.#literalContext) + (before >> (8 - this.#literalContext));
    const table = LITERAL + LITERAL_SIZE * row;
    let symbol = 1;
    if (this.#state >= LITERAL_STATES) {
      const distance = this.#reps[0] + 1;
      if (distance > position - floor) {
        throw new RangeError('a literal after a match outside of what was decoded');
      }
      let matched = output[position - distance] ?? 0;
      let offset = 0x100;
      while (symbol < 0x100) {
        matched <<= 1;
        const bit = this.#bit(table + offset + (matched & offset) + symbol);
        symbol = (symbol << 1) | bit;
        offset &= bit === 0 ? ~matched : matched;
      }
    } else {
      while (symbol < 0x100) {
        symbol = (symbol << 1) | this.#bit(table + symbol);
      }
    }
    this.#state = this.#state < 4 ? 0 : this.#state - (this.#state < 10 ? 3 : 6);
    return symbol & 0xff;
  }

  /** The length of a match, whose distance less one is then the first of the last four. */
  #match(inWord: number): number {
    const state = this.#state;
    const isLate = state >= LITERAL_STATES;
    const [first, second, third, fourth] = this.#reps;
    if (this.#bit(IS_REP + state) === 0) {
      this.#state = isLate ? 10 : 7;
      const length = this.#length(LENGTH, inWord);
      this.#reps = [this.#distance(Math.min(length - 2, 3)), first, second, third];
      return length;
    }
    if (this.#bit(IS_REP0 + state) === 0) {
      if (this.#bit(IS_LONG + state * POSITION_STATES + inWord) === 0) {
        this.#state = isLate ? 11 : 9;
        return 1;
      }
    } else if (this.#bit(IS_REP1 + state) === 0) {
      this.#reps = [second, first, third, fourth];
    } else {
      this.#reps = this.#bit(IS_REP2 + state) === 0 ? [third, first, second, fourth] : [fourth, first, second, third];
    }
    this.#state = isLate ? 11 : 8;
    return this.#length(REP_LENGTH, inWord);
  }

  #length(table: number, inWord: number): number {
    if (this.#bit(table) === 0) {
      return 2 + this.#tree(table + 2 + inWord * 8, 3);
    }
    return this.#bit(table + 1) === 0
      ? 10 + this.#tree(table + 2 + (POSITION_STATES + inWord) * 8, 3)
      : 18 + this.#tree(table + 2 + 2 * POSITION_STATES * 8, 8);
  }

  #distance(lengthState: number): number {
    const slot = this.#tree(SLOTS + lengthState * 64, 6);
    if (slot < 4) {
      return slot;
    }
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    return slot < 14
      ? base + this.#reverseTree(SPECIAL + base - slot, bits)
      : base + this.#direct(bits - 4) * 16 + this.#reverseTree(ALIGN, 4);
  }

  #tree(table: number, bits: number): number {
    let symbol = 1;
    for (let count = 0; count < bits; count += 1) {
      symbol = (symbol << 1) | this.#bit(table + symbol);
    }
    return symbol - (1 << bits);
  }

  #reverseTree(table: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let count = 0; count < bits; count += 1) {
      const bit = this.#bit(table + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << count;
    }
    return value;
  }

  /** Bits that are as likely 0 as 1. */
  #direct(bits: number): number {
    let value = 0;
    for (let count = 0; count < bits; count += 1) {
      this.#normalise();
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      this.#code -= bit * this.#range;
      value = value * 2 + bit;
    }
    return value;
  }

  #bit(index: number): 0 | 1 {
    this.#normalise();
    const probability = this.#probabilities[index] ?? HALF;
    const bound = (this.#range >>> BITS) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probabilities[index] = probability + (((1 << BITS) - probability) >>> MOVE);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    this.#probabilities[index] = probability - (probability >>> MOVE);
    return 1;
  }

  #normalise(): void {
    if (this.#range < TOP) {
      this.#range *= 256;
      this.#code = this.#code * 256 + this.#next();
    }
  }

  #next(): number {
    if (this.#at >= this.#end) {
      throw new RangeError('a chunk of LZMA that is cut off');
    }
    const byte = this.#input[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }
}

/** A match may go on into what it writes itself. */
function copy(output: Uint8Array, position: number, distance: number, length: number): void {
  if (distance >= length) {
    output.copyWithin(position, position - distance, position - distance + length);
    return;
  }
  for (let at = position; at < position + length; at += 1) {
    output[at] = output[at - distance] ?? 0;
  }
}
