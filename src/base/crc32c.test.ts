import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from './crc32c.ts';

test('CRC-32C of the examples of RFC 3720 appendix B.4, and of the usual check', () => {
  const up = Uint8Array.from({ length: 32 }, (_, index) => index);
  const cases: readonly (readonly [bytes: Uint8Array, crc: number])[] = [
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [up, 0x46dd794e],
    [up.toReversed(), 0x113fdb5c],
    [Buffer.from('123456789'), 0xe3069283],
    [new Uint8Array(0), 0],
  ];
  for (const [bytes, crc] of cases) {
    assert.equal(crc32c(bytes), crc);
  }
});
