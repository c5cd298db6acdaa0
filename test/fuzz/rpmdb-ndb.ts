import { realHeaders, runRpm } from '#test/fixtures/fuzz-rpm.ts';
import { ndbDatabase } from '#test/fixtures/rpm-headers.ts';
import type { Random } from '../../tools/fuzz/random.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const PAGE = 4096;
const BLOCK = 16;

/** RPM's ndb, and the headers of packages, which are the same in all three formats. */
export const rpmdbNdb: FuzzTarget = {
  id: 'rpmdb-ndb',
  seeds: () => [ndbDatabase(realHeaders().slice(0, 4))],
  maxMillis: 500,
  mutate: (input, random, bytes) => (random.oneIn(4) ? bytes(input) : mutateBlob(input, random, bytes)),
  fixUp: (mutated, random) => (random.oneIn(4) ? mutated : fixUp(mutated)),
  run: (input) => runRpm('var/lib/rpm/Packages.db', input),
};

/** One header, in its index or anywhere, with lengths that agree with each other; slots and places stay. */
function mutateBlob(input: Uint8Array, random: Random, bytes: (inner: Uint8Array) => Uint8Array): Uint8Array {
  const copy = Buffer.from(input);
  const slots = slotsOf(copy);
  if (slots.length === 0) {
    return bytes(input);
  }
  const { start, end } = random.pick(slots);
  const header = copy.subarray(start + BLOCK, end - 12);
  const index = random.oneIn(2) && header.length >= 8 ? Math.min(header.length, 8 + BLOCK * header.readUInt32BE(0)) : 0;
  const part = index > 0 ? header.subarray(0, index) : header;
  if (part.length === 0) {
    return bytes(input);
  }
  part.set(Buffer.from(bytes(Uint8Array.from(part))).subarray(0, part.length));
  if (!random.oneIn(4) && header.length >= 8) {
    const entries = Math.min(header.readUInt32BE(0), Math.floor((header.length - 8) / BLOCK));
    header.writeUInt32BE(entries, 0);
    header.writeUInt32BE(header.length - 8 - BLOCK * entries, 4);
  }
  return copy;
}

/** Magic numbers of the file, of slots and of heads and tails. */
function fixUp(mutated: Uint8Array): Uint8Array {
  const bytes = Buffer.from(mutated.subarray(0, mutated.length - (mutated.length % BLOCK)));
  if (bytes.length < PAGE) {
    return mutated;
  }
  bytes.write('RpmP\0\0\0\0', 0, 'latin1');
  const pages = Math.min(Math.max(bytes.readUInt32LE(12), 1), Math.floor(bytes.length / PAGE));
  bytes.writeUInt32LE(pages, 12);
  for (let at = 2 * BLOCK; at < pages * PAGE; at += BLOCK) {
    bytes.write('Slot', at, 'latin1');
  }
  for (const { start, end, number } of slotsOf(bytes)) {
    bytes.write('BlbS', start, 'latin1');
    bytes.writeUInt32LE(number, start + 4);
    const size = bytes.readUInt32LE(start + 12);
    const fitting = end - start - 28 - (size % BLOCK);
    const right = Math.ceil((size + 28) / BLOCK) * BLOCK === end - start ? size : Math.max(fitting, 0);
    bytes.writeUInt32LE(right, start + 12);
    bytes.writeUInt32LE(right, end - 8);
    bytes.write('BlbE', end - 4, 'latin1');
  }
  return bytes;
}

/** Those whose place is inside the file. */
function slotsOf(bytes: Buffer): readonly { readonly start: number; readonly end: number; readonly number: number }[] {
  if (bytes.length < PAGE) {
    return [];
  }
  const slots: { start: number; end: number; number: number }[] = [];
  const limit = Math.min(bytes.readUInt32LE(12) * PAGE, bytes.length - BLOCK);
  for (let at = 2 * BLOCK; at < limit; at += BLOCK) {
    const start = bytes.readUInt32LE(at + 8) * BLOCK;
    const end = start + bytes.readUInt32LE(at + 12) * BLOCK;
    if (start >= PAGE && end - start >= 32 && end <= bytes.length) {
      slots.push({ start, end, number: bytes.readUInt32LE(at + 4) });
    }
  }
  return slots;
}
