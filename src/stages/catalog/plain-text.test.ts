import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bzip2Head, printableTar } from '#test/fixtures/printable-archives.ts';
import { isPlainText, TEXT_HEAD_BYTES } from './plain-text.ts';

test('what is a document, and what can be unpacked', () => {
  const tar = printableTar();
  const cases: readonly (readonly [string, Uint8Array, boolean])[] = [
    ['nothing', Buffer.alloc(0), true],
    ['JSON', Buffer.from('{"critical":{}}'), true],
    ['lines', Buffer.from('a\r\n\tb\n'), true],
    ['a long text', Buffer.from('0'.repeat(TEXT_HEAD_BYTES)), true],
    [
      'text that is cut off inside a character',
      Buffer.from(`a${'\u00e4'.repeat(600)}`).subarray(0, TEXT_HEAD_BYTES),
      true,
    ],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), false],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x60, 0x20]), false],
    ['bzip2', bzip2Head(), false],
    ['a tar as it mostly is', Buffer.concat([Buffer.from('file'), Buffer.alloc(508)]), false],
    ['a tar that can be printed', tar, false],
    ['a tar that was damaged', Buffer.concat([Buffer.from('b'), tar.subarray(1)]), true],
  ];
  for (const [name, bytes, expected] of cases) {
    assert.equal(isPlainText(bytes.subarray(0, TEXT_HEAD_BYTES)), expected, name);
  }
});
