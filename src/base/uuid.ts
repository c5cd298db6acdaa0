/** As many random bytes as were asked for: `randomBytes` of `node:crypto`, or a test's own. */
export type RandomBytes = (length: number) => Uint8Array;

/** A UUIDv7 (RFC 9562, 5.7) in lower case. `now` in milliseconds UTC: ids of later milliseconds sort after. */
export function newId(now: number, random: RandomBytes): string {
  const bytes = new Uint8Array(16);
  bytes.set(random(10), 6);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
