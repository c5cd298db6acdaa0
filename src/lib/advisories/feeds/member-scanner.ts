import { isAppError, messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { limitExceeded } from '#base/limits.ts';
import { AdvisoryError } from '../error.ts';
import type { FeedLimits } from '../providers/provider.ts';
import { Capture } from './capture.ts';
import type { FeedMember, MemberPlace } from './member.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Names are kept to see which comes twice. */
const NAME_BYTES = 4096;
const ALL_NAME_BYTES = 64 * 1024 * 1024;
/** Counts, dates and the like; what is larger is not what anybody asks a whole document for. */
const BESIDE_BYTES = 64 * 1024;

type Expected = 'value' | 'first-element' | 'first-name' | 'name' | 'colon' | 'next' | 'end';

const WORDS: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'first-element': 'a value or the end of the list',
  'first-name': 'a name or the end of the object',
  name: 'a name',
  colon: 'a colon',
  next: 'a comma, or the end of the object or list',
  end: 'nothing more',
};

/** An object or list on the way to the members, or the one that holds them. */
interface Open {
  readonly isList: boolean;
  /** All names so far; of a list empty. */
  readonly names: Set<string>;
  /** Elements so far. */
  count: number;
  /** The member at hand. */
  name: string;
}

/** What becomes of a value that is not gone into. */
type Purpose = 'name' | 'member' | 'beside' | 'misplaced';

/**
 * Takes a JSON document in chunks and gives the members at one place of it. Follows the objects and lists on the way there
 * byte by byte; of every other value just the end is looked for, by its strings and brackets.
 */
export class MemberScanner {
  readonly #object: string;
  readonly #place: MemberPlace;
  readonly #limits: FeedLimits;
  readonly #open: Open[] = [];
  #expected: Expected = 'value';
  #capture: Capture | null = null;
  #purpose: Purpose = 'name';
  #records = 0;
  #nameBytes = 0;
  #isFound = false;
  /** Of the first byte of the chunk at hand. */
  #offset = 0;

  constructor(object: string, place: MemberPlace, limits: FeedLimits) {
    this.#object = object;
    this.#place = place;
    this.#limits = limits;
  }

  *push(chunk: Uint8Array): Generator<FeedMember> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#capture !== null) {
        at = this.#capture.take(chunk, at);
        if (this.#capture.isWhole) {
          yield* this.#captured(this.#capture, at);
        }
        continue;
      }
      const byte = chunk[at] ?? 0;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        at = this.#step(byte, at);
      } else {
        at += 1;
      }
    }
    this.#offset += chunk.length;
  }

  /** To be called after the last chunk. */
  end(): void {
    if (this.#expected !== 'end') {
      const expected = this.#capture === null ? WORDS[this.#expected] : 'the rest of a value';
      throw this.#invalid(`${expected}${this.#where()}`, `the end of the document at byte ${this.#offset}`);
    }
    if (!this.#isFound) {
      throw this.#invalid(`a member ${quote(this.#place.filter((name) => name !== null).join('/'))}`, 'none');
    }
  }

  /** Handles one byte outside of captured values; where to go on. */
  #step(byte: number, at: number): number {
    switch (this.#expected) {
      case 'value':
        return this.#value(byte, at);
      case 'first-element':
        return byte === CLOSE_LIST ? this.#close(at) : this.#value(byte, at);
      case 'first-name':
      case 'name':
        if (byte === CLOSE_OBJECT && this.#expected === 'first-name') {
          return this.#close(at);
        }
        if (byte === QUOTE) {
          this.#begin('name', byte, NAME_BYTES);
          return at;
        }
        break;
      case 'colon':
        if (byte === COLON) {
          this.#expected = 'value';
          return at + 1;
        }
        break;
      case 'next': {
        const isList = this.#open.at(-1)?.isList === true;
        if (byte === COMMA) {
          this.#expected = isList ? 'value' : 'name';
          return at + 1;
        }
        if (byte === (isList ? CLOSE_LIST : CLOSE_OBJECT)) {
          return this.#close(at);
        }
        break;
      }
      case 'end':
    }
    throw this.#unexpected(byte, at);
  }

  #value(byte: number, at: number): number {
    if (byte === COMMA || byte === COLON || byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      throw this.#unexpected(byte, at);
    }
    const depth = this.#open.length;
    const holder = this.#open.at(-1);
    if (holder?.isList === true) {
      holder.name = String(holder.count);
      holder.count += 1;
    }
    if (depth > this.#place.length) {
      this.#countRecord();
      this.#begin('member', byte, this.#limits.recordBytes);
      return at;
    }
    const wanted = depth === 0 ? undefined : this.#place[depth - 1];
    if (wanted !== undefined && wanted !== null && wanted !== holder?.name) {
      this.#begin('beside', byte, BESIDE_BYTES);
      return at;
    }
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#enter(byte === OPEN_LIST);
      return at + 1;
    }
    if (wanted === null) {
      this.#countRecord();
      this.#begin('misplaced', byte, 0);
      return at;
    }
    throw this.#invalid(`an object or a list${this.#where()}`, `${show(byte)} at byte ${this.#offset + at}`);
  }

  #countRecord(): void {
    this.#records += 1;
    if (this.#records > this.#limits.records) {
      throw limitExceeded(this.#object, this.#limits.records, 'records');
    }
  }

  #enter(isList: boolean): void {
    this.#expected = isList ? 'first-element' : 'first-name';
    this.#open.push({ isList, names: new Set(), count: 0, name: '' });
    const firstOpen = this.#place.indexOf(null);
    this.#isFound ||= this.#open.length > (firstOpen === -1 ? this.#place.length : firstOpen);
  }

  #close(at: number): number {
    this.#open.pop();
    this.#expected = this.#open.length === 0 ? 'end' : 'next';
    return at + 1;
  }

  #begin(purpose: Purpose, byte: number, maxBytes: number): void {
    this.#purpose = purpose;
    this.#capture = new Capture(byte, maxBytes);
  }

  *#captured(capture: Capture, at: number): Generator<FeedMember> {
    this.#capture = null;
    if (this.#purpose === 'name') {
      this.#named(capture, at);
      return;
    }
    this.#expected = 'next';
    const name = this.#open.map((open) => open.name).join('/');
    const bytes = capture.taken();
    switch (this.#purpose) {
      case 'misplaced':
        yield { kind: 'rejected', name, reason: 'expected an object or a list, found another value' };
        return;
      case 'member':
        if (bytes === null) {
          const reason = `expected at most ${this.#limits.recordBytes} bytes, found ${capture.length}`;
          yield { kind: 'rejected', name, reason };
        } else {
          const names = this.#open.flatMap((open, depth) => ((this.#place[depth] ?? null) === null ? [open.name] : []));
          yield { kind: 'member', names, name, bytes };
        }
        return;
      case 'beside':
        if (bytes !== null) {
          yield { kind: 'beside', name, value: this.#parse(bytes, at) };
        }
    }
  }

  #named(capture: Capture, at: number): void {
    const bytes = capture.taken();
    if (bytes === null) {
      throw limitExceeded(this.#object, NAME_BYTES, 'bytes in the name of a member', capture.length);
    }
    this.#nameBytes += bytes.length;
    if (this.#nameBytes > ALL_NAME_BYTES) {
      throw limitExceeded(this.#object, ALL_NAME_BYTES, 'bytes in the names of members');
    }
    const holder = this.#open.at(-1);
    const name = String(this.#parse(bytes, at));
    if (holder === undefined || holder.names.has(name)) {
      throw this.#invalid('each member once', `${quote(name)} again before byte ${this.#offset + at}`);
    }
    holder.names.add(name);
    holder.name = name;
    this.#expected = 'colon';
  }

  #parse(bytes: Uint8Array, at: number): unknown {
    try {
      return parseStrictJson(bytes, this.#object);
    } catch (error) {
      const found = (isAppError(error) ? error.found : undefined) ?? messageOf(error);
      throw this.#invalid('JSON', `${found} before byte ${this.#offset + at}`, error);
    }
  }

  #where(): string {
    const names = this.#open.map((open) => open.name).filter((name) => name !== '');
    return names.length === 0 ? '' : ` at ${quote(names.join('/'))}`;
  }

  #unexpected(byte: number, at: number): AdvisoryError {
    return this.#invalid(`${WORDS[this.#expected]}${this.#where()}`, `${show(byte)} at byte ${this.#offset + at}`);
  }

  #invalid(expected: string, found: string, cause?: unknown): AdvisoryError {
    const object = this.#object;
    return new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', { object, expected, found, cause });
  }
}

function show(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? quote(String.fromCharCode(byte)) : `0x${byte.toString(16).padStart(2, '0')}`;
}
