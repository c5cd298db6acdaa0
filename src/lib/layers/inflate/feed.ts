import type { Ring } from './ring.ts';

/** Passes the bytes of a source on in full slots, the last one aside. False when the ring was closed before the end. */
export async function feed(ring: Ring, kind: number, source: AsyncIterable<Uint8Array>): Promise<boolean> {
  let slot: Uint8Array | null = null;
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      slot ??= await ring.nextFree();
      if (slot === null) {
        return false;
      }
      const part = chunk.subarray(at, at + slot.length - filled);
      slot.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled === slot.length) {
        ring.pass(kind, filled);
        slot = null;
        filled = 0;
      }
    }
  }
  if (slot !== null) {
    ring.pass(kind, filled);
  }
  return true;
}
