import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { LayersError } from '../error.ts';
import { type Extensions, entryTypeOf, NO_EXTENSIONS, type TarEntry, type TarSink, toTarEntry } from './entry.ts';
import { Gatherer } from './gatherer.ts';
import { BLOCK, checksumProblem, FLAG, isZeroBlock, parseHeader, type TarHeader } from './header.ts';
import { decodeName } from './name.ts';
import { parseNumber } from './numbers.ts';
import { type PaxSparse, parsePax } from './pax.ts';
import {
  ContentMapReader,
  MAX_NUMBERS,
  OLD_GNU,
  readPaxSparse,
  readSparsePairs,
  type SparseMap,
  sparseMap,
} from './sparse.ts';
import { SparseWriter } from './sparse-writer.ts';

type State =
  /** At a block boundary; a header or the end is next. */
  | { readonly kind: 'header' }
  /** In the body of a pax header or a GNU long name. */
  | { readonly kind: 'extension'; readonly header: TarHeader }
  /** Before one of the blocks that describe a sparse file. */
  | { readonly kind: 'sparse-block'; readonly reader: (block: Buffer) => void }
  /** In content that the sink asked for; `sparse` puts the holes in. */
  | { readonly kind: 'content'; readonly sparse: SparseWriter | null }
  /** In content that nobody asked for, or in the padding behind any. */
  | { readonly kind: 'skip' }
  /** One zero block has come; a second makes the end. */
  | { readonly kind: 'ending' }
  /** Behind the end; whatever still comes is padding. */
  | { readonly kind: 'end' };

const HEADER: State = { kind: 'header' };
const SKIP: State = { kind: 'skip' };
const ENDING: State = { kind: 'ending' };
const END: State = { kind: 'end' };
const CONTENT: State = { kind: 'content', sparse: null };

/** Zeros that the holes of all sparse files of a layer may be expanded to. */
const HOLE_BYTES = 4 * 1024 ** 3;

/**
 * A push parser for tar: ustar, pax, GNU, old GNU, star and v7. Where tools disagree on what a header means it follows
 * Go's archive/tar, because container runtimes read layers with that: a parser that disagreed would see another image
 * than the one that runs. Throws `TAR_MALFORMED` with the offset of the block that breaks the format, and
 * `LIMIT_EXCEEDED` for too many entries and too large extensions.
 */
export class TarParser {
  readonly #object: string;
  readonly #sink: TarSink;
  readonly #gatherer = new Gatherer();
  #state: State = HEADER;
  #extensions: Extensions = NO_EXTENSIONS;
  /** Stored bytes of the current content or extension that are still to come, and the padding that follows them. */
  #remaining = 0;
  #padding = 0;
  /** Where in the tar the bytes at hand are, and where the last header was. */
  #offset = 0;
  #headerOffset = 0;
  #entries = 0;
  #holeBytes = 0;

  /** `object` names the layer in errors. */
  constructor(object: string, sink: TarSink) {
    this.#object = object;
    this.#sink = sink;
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = 0;
    while (at < bytes.length) {
      const used = this.#step(bytes, at);
      at += used;
      this.#offset += used;
    }
  }

  /** To be called after the last chunk; an entry that is cut is an error. False where the end blocks were left out, as some tools do. */
  end(): boolean {
    const cutBlock = this.#gatherer.held.some((byte) => byte !== 0);
    switch (this.#state.kind) {
      case 'end':
      case 'ending':
        return true;
      case 'header':
        if (cutBlock) {
          throw this.#malformed('a whole header', 'the end of the archive');
        }
        return false;
      case 'skip':
        if (this.#remaining === 0) {
          return false;
        }
        break;
      default:
    }
    throw this.#malformed('the rest of an entry', 'the end of the archive');
  }

  /** Handles what starts at `at`; the number of bytes that were used. */
  #step(bytes: Buffer, at: number): number {
    const state = this.#state;
    switch (state.kind) {
      case 'header':
        if (this.#gatherer.empty && bytes.length - at >= BLOCK) {
          this.#headerOffset = this.#offset;
          this.#header(bytes, at);
          return BLOCK;
        }
        return this.#gather(bytes, at, BLOCK, (block, offset) => {
          this.#headerOffset = offset;
          this.#header(block, 0);
        });
      case 'extension':
        return this.#gather(bytes, at, this.#remaining, (body) => this.#extension(state.header, body));
      case 'sparse-block':
        return this.#gather(bytes, at, BLOCK, state.reader);
      case 'content':
        return this.#content(bytes, at, state.sparse);
      case 'skip':
        return this.#skip(bytes.length - at);
      case 'ending':
        return this.#gather(bytes, at, BLOCK, (block) => this.#ending(block));
      case 'end':
        return bytes.length - at;
    }
  }

  #gather(bytes: Buffer, at: number, size: number, handle: (record: Buffer, offset: number) => void): number {
    const used = this.#gatherer.wants(size, bytes.length - at);
    const record = this.#gatherer.add(bytes.subarray(at, at + used), size);
    if (record !== null) {
      handle(record, this.#offset + used - size);
    }
    return used;
  }

  #content(bytes: Buffer, at: number, sparse: SparseWriter | null): number {
    const used = Math.min(this.#remaining, bytes.length - at);
    const piece = bytes.subarray(at, at + used);
    if (sparse === null) {
      this.#sink.content(piece);
    } else {
      sparse.write(piece);
    }
    this.#remaining -= used;
    if (this.#remaining === 0) {
      this.#finishContent(sparse);
    }
    return used;
  }

  #finishContent(sparse: SparseWriter | null): void {
    if (sparse === null) {
      this.#sink.contentEnd();
    } else {
      sparse.finish();
    }
    this.#state = this.#padding === 0 ? HEADER : SKIP;
  }

  #skip(available: number): number {
    const content = Math.min(this.#remaining, available);
    const padding = Math.min(this.#padding, available - content);
    this.#remaining -= content;
    this.#padding -= padding;
    if (this.#remaining + this.#padding === 0) {
      this.#state = HEADER;
    }
    return content + padding;
  }

  #ending(block: Buffer): void {
    if (!isZeroBlock(block, 0)) {
      throw this.#malformed('a second zero block', 'a block with content after a single zero block');
    }
    this.#state = END;
  }

  #header(block: Buffer, at: number): void {
    if (block[at] === 0 && isZeroBlock(block, at)) {
      this.#state = ENDING;
      return;
    }
    const problem = checksumProblem(block, at);
    if (problem !== null) {
      throw this.#malformed('a tar header with a valid checksum', problem);
    }
    const header = parseHeader(block, at);
    if (typeof header === 'string') {
      throw this.#malformed('a number', `something else in the field ${header}`);
    }
    switch (header.flag) {
      case FLAG.pax:
      case FLAG.solarisPax:
      case FLAG.paxGlobal:
      case FLAG.gnuLongName:
      case FLAG.gnuLongLink:
        this.#startExtension(header);
        return;
      default:
        this.#startEntry(header, block, at);
    }
  }

  #startExtension(header: TarHeader): void {
    if (header.size > LIMITS.tarExtensionBytes) {
      throw limitExceeded(
        `${this.#object}, tar extension at ${this.#headerOffset}`,
        LIMITS.tarExtensionBytes,
        'bytes',
        header.size,
      );
    }
    this.#expect(header.size);
    if (header.size === 0) {
      this.#extension(header, Buffer.alloc(0));
    } else {
      this.#state = { kind: 'extension', header };
    }
  }

  #extension(header: TarHeader, body: Buffer): void {
    this.#remaining = 0;
    this.#state = this.#padding === 0 ? HEADER : SKIP;
    switch (header.flag) {
      case FLAG.gnuLongName:
        this.#extensions = { ...this.#extensions, longName: untilNul(body) };
        return;
      case FLAG.gnuLongLink:
        this.#extensions = { ...this.#extensions, longLink: untilNul(body) };
        return;
      default:
    }
    const pax = parsePax(body);
    if (typeof pax === 'string') {
      throw this.#malformed('a pax extended header', pax);
    }
    if (header.flag !== FLAG.paxGlobal) {
      this.#extensions = { ...this.#extensions, pax };
      return;
    }
    // Container runtimes take no notice of global headers, and one between an entry and its extensions cancels those.
    this.#extensions = NO_EXTENSIONS;
    if (pax.path !== undefined || pax.linkpath !== undefined || pax.size !== undefined || pax.sparse !== undefined) {
      this.#sink.problem(
        header.name,
        'a global pax header that renames or resizes what follows, which container runtimes ignore',
      );
    }
  }

  #startEntry(header: TarHeader, block: Buffer, at: number): void {
    this.#entries += 1;
    if (this.#entries > LIMITS.layerEntries) {
      throw limitExceeded(this.#object, LIMITS.layerEntries, 'entries');
    }
    const extensions = this.#extensions;
    this.#extensions = NO_EXTENSIONS;
    const type = entryTypeOf(header.flag);
    const entry = toTarEntry(header, type ?? 'file', extensions);
    this.#expect(header.flag === FLAG.gnuDumpFolder ? header.size : entry.size);
    if (type === null) {
      this.#state = SKIP;
      if (header.flag !== FLAG.gnuVolumeLabel) {
        this.#sink.problem(entry.name, `entry of the unknown type ${quote(String.fromCharCode(header.flag))}`);
      }
    } else if (header.flag === FLAG.gnuSparse) {
      this.#startOldSparse(entry, header, block, at);
    } else if (extensions.pax?.sparse === undefined || entry.type !== 'file') {
      this.#emit(entry, null);
    } else {
      this.#startPaxSparse(entry, extensions.pax.sparse);
    }
    this.#settle();
  }

  /** Hands on an entry whose stored bytes, `#remaining` of them, come next. */
  #emit(entry: TarEntry, map: SparseMap | null): void {
    const shown = map === null ? entry : this.#sparseEntry(entry, map);
    const wanted = this.#sink.entry(shown) && shown.type === 'file' && shown.withheld === null;
    if (!wanted) {
      this.#state = SKIP;
      return;
    }
    const sparse = map === null ? null : new SparseWriter(map, this.#sink);
    this.#state = sparse === null ? CONTENT : { kind: 'content', sparse };
    if (this.#remaining === 0) {
      this.#finishContent(sparse);
    }
  }

  #sparseEntry(entry: TarEntry, map: SparseMap): TarEntry {
    const holes = map.size - this.#remaining;
    if (map.size > LIMITS.analysedFileBytes || this.#holeBytes + holes > HOLE_BYTES) {
      return { ...entry, size: map.size, withheld: `sparse file of ${map.size} bytes, too large to be expanded` };
    }
    this.#holeBytes += holes;
    return { ...entry, size: map.size };
  }

  #startOldSparse(entry: TarEntry, header: TarHeader, block: Buffer, at: number): void {
    const numbers: number[] = [];
    const size = parseNumber(block, at + OLD_GNU.realSize, 12);
    if (!header.gnu || size === null || size < 0) {
      throw this.#malformed('a sparse file of the GNU format', header.gnu ? 'no size' : 'a header of another format');
    }
    const finish = (): void => this.#emit(entry, this.#checkedMap(sparseMap(size, numbers, this.#remaining)));
    const read = (source: Buffer, pairs: number, count: number, extended: number): void => {
      if (!readSparsePairs(source, pairs, count, numbers)) {
        throw this.#malformed('a sparse map', 'something that is no number');
      }
      if (numbers.length > MAX_NUMBERS) {
        throw limitExceeded(`${this.#object}, sparse map at ${this.#headerOffset}`, MAX_NUMBERS, 'numbers');
      }
      if (source[extended] === 0) {
        finish();
      } else {
        this.#state = { kind: 'sparse-block', reader };
      }
    };
    const reader = (extension: Buffer): void => {
      read(extension, 0, OLD_GNU.blockCount, OLD_GNU.blockExtended);
      this.#settle();
    };
    read(block, at + OLD_GNU.pairs, OLD_GNU.count, at + OLD_GNU.extended);
  }

  #startPaxSparse(entry: TarEntry, records: PaxSparse): void {
    const form = readPaxSparse(records, this.#remaining);
    if (form === null) {
      this.#emit(entry, null);
      return;
    }
    if (typeof form === 'string') {
      throw this.#malformed('a sparse file', form);
    }
    const named = { ...entry, name: records.name ?? entry.name };
    if (form.kind === 'map') {
      this.#emit(named, form.map);
      return;
    }
    const map = new ContentMapReader();
    const reader = (block: Buffer): void => {
      this.#remaining -= BLOCK;
      const numbers = map.add(block);
      if (typeof numbers === 'string' || this.#remaining < 0) {
        throw this.#malformed('a sparse map', typeof numbers === 'string' ? numbers : 'a map longer than the content');
      }
      if (numbers !== null) {
        this.#emit(named, this.#checkedMap(sparseMap(form.size, numbers, this.#remaining)));
        this.#settle();
      }
    };
    this.#state = { kind: 'sparse-block', reader };
  }

  #checkedMap(map: SparseMap | string): SparseMap {
    if (typeof map === 'string') {
      throw this.#malformed('a sparse map', map);
    }
    return map;
  }

  /** `size` stored bytes follow, and padding up to the next block. */
  #expect(size: number): void {
    if (size > LIMITS.layerBytes) {
      throw this.#malformed(`an entry of at most ${LIMITS.layerBytes} bytes`, `one of ${size} bytes`);
    }
    this.#remaining = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
  }

  /** Nothing left to skip means that the next header is next. */
  #settle(): void {
    if (this.#state.kind === 'skip' && this.#remaining + this.#padding === 0) {
      this.#state = HEADER;
    }
  }

  #malformed(expected: string, found: string): LayersError {
    return new LayersError('TAR_MALFORMED', `malformed tar at byte ${this.#headerOffset}`, {
      object: this.#object,
      expected,
      found,
    });
  }
}

function untilNul(body: Buffer): string {
  const nul = body.indexOf(0);
  return decodeName(nul === -1 ? body : body.subarray(0, nul));
}
