import { mutatePage, rpmFixture, runRpm } from '#test/fixtures/fuzz-rpm.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const PAGE = 512;
const META = 80;

/** RPM's Berkeley DB hash. */
export const rpmdbBdb: FuzzTarget = {
  id: 'rpmdb-bdb',
  seeds: () => [rpmFixture('rpm-bdb/Packages')],
  maxMillis: 500,
  mutate: (input, random, bytes) => (random.oneIn(4) ? bytes(input) : mutatePage(input, random, bytes, PAGE)),
  fixUp: (mutated, random) => (random.oneIn(4) ? mutated : fixUp(mutated)),
  run: (input) => runRpm('var/lib/rpm/Packages', input),
};

/** Magic number, version and page size, the number of pages, and the number that each page has of itself. */
function fixUp(mutated: Uint8Array): Uint8Array {
  const bytes = Buffer.from(mutated.subarray(0, mutated.length - (mutated.length % PAGE)));
  const pages = bytes.length / PAGE;
  if (pages < 2) {
    return mutated;
  }
  bytes.writeUInt32LE(0x61561, 12);
  bytes.writeUInt32LE(9, 16);
  bytes.writeUInt32LE(PAGE, 20);
  bytes.writeUInt32LE(8 << 8, 24);
  bytes.writeUInt32LE(pages - 1, 32);
  bytes.writeUInt32LE(Math.min(bytes.readUInt32LE(META - 8), pages - 1), META - 8);
  for (let page = 1; page < pages; page += 1) {
    bytes.writeUInt32LE(page, page * PAGE + 8);
  }
  return bytes;
}
