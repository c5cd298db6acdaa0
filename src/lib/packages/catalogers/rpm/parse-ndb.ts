import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import type { Damage, HeaderBlob } from './blob.ts';

const MAGIC = 0x506d_7052;
const SLOT_MAGIC = 0x746f_6c53;
const HEAD_MAGIC = 0x5362_6c42;
const TAIL_MAGIC = 0x4562_6c42;
const VERSION = 0;
const HEADER_BYTES = 32;
const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;
const HEAD_BYTES = 16;
const TAIL_BYTES = 12;

interface Slot {
  readonly package: number;
  /** Of the file, in bytes. */
  readonly start: number;
  readonly length: number;
}

/**
 * The headers in `Packages.db` (rpm, `lib/backend/ndb/rpmpkg.c`): pages of slots, each of which names the blocks of a header,
 * with head and tail. Everything is little-endian. What cannot be read goes to `damage`. Throws `PACKAGE_DATABASE_INVALID` and
 * `LIMIT_EXCEEDED`.
 */
export function* parseNdb(bytes: Uint8Array, object: string, damage: Damage): Generator<HeaderBlob> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const seen = new Set<number>();
  let room = file.length;
  for (const slot of slotsOf(file, object, damage)) {
    room -= slot.length;
    if (room < 0 || seen.has(slot.package)) {
      damage.packages.add('expected each header once and in a place of its own, found another', slot.package);
      continue;
    }
    if (seen.size === LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
    }
    seen.add(slot.package);
    const header = headerIn(file, slot);
    if (header === null) {
      damage.packages.add('expected a header where its slot says it is, found none', slot.package);
    } else {
      yield { number: slot.package, bytes: header };
    }
  }
}

/** The slots that are in use. */
function* slotsOf(file: Buffer, object: string, damage: Damage): Generator<Slot> {
  const invalid = (expected: string, found: string): PackagesError =>
    new PackagesError('PACKAGE_DATABASE_INVALID', 'not an RPM database', { object, expected, found });
  if (file.length < HEADER_BYTES || file.readUInt32LE(0) !== MAGIC || file.readUInt32LE(4) !== VERSION) {
    throw invalid('RpmP and version 0 at the start', `${file.length} bytes that begin otherwise`);
  }
  const pages = file.readUInt32LE(12);
  if (pages === 0 || pages * PAGE_BYTES > file.length || file.length % BLOCK_BYTES !== 0) {
    throw invalid(`${pages} pages of slots, and blocks of ${BLOCK_BYTES} bytes`, `${file.length} bytes`);
  }
  for (let at = HEADER_BYTES; at < pages * PAGE_BYTES; at += SLOT_BYTES) {
    const offset = file.readUInt32LE(at + 8);
    if (file.readUInt32LE(at) !== SLOT_MAGIC) {
      damage.pages.add('expected a slot, found none', Math.floor(at / PAGE_BYTES));
    } else if (offset !== 0) {
      const slot = { start: offset * BLOCK_BYTES, length: file.readUInt32LE(at + 12) * BLOCK_BYTES };
      const number = file.readUInt32LE(at + 4);
      if (number === 0 || slot.start < pages * PAGE_BYTES || slot.start + slot.length > file.length) {
        damage.packages.add('expected a header inside the file, found one outside', number);
      } else {
        yield { package: number, ...slot };
      }
    }
  }
}

/** What is between head and tail, which both say how long it is; null when anything contradicts. */
function headerIn(file: Buffer, { package: number, start, length }: Slot): Uint8Array | null {
  if (length < HEAD_BYTES + TAIL_BYTES) {
    return null;
  }
  const size = file.readUInt32LE(start + 12);
  const tail = start + length - TAIL_BYTES;
  const blocks = Math.ceil((HEAD_BYTES + size + TAIL_BYTES) / BLOCK_BYTES);
  const isWhole =
    file.readUInt32LE(start) === HEAD_MAGIC &&
    file.readUInt32LE(start + 4) === number &&
    blocks * BLOCK_BYTES === length &&
    file.readUInt32LE(tail + 4) === size &&
    file.readUInt32LE(tail + 8) === TAIL_MAGIC;
  return isWhole ? file.subarray(start + HEAD_BYTES, start + HEAD_BYTES + size) : null;
}
