const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
  }
  return value;
});

/** The CRC of Castagnoli (RFC 3720 section 12.1), as an unsigned number of 32 bits. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const octet of bytes) {
    value = (value >>> 8) ^ (TABLE[(value ^ octet) & 0xff] ?? 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}
