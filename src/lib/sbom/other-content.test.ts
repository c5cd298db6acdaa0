import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isAppError } from '#base/error.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { readSbom } from './read.ts';

const BOM = '{"bomFormat":"CycloneDX","specVersion":"1.6"}';

function refusal(content: Uint8Array | string): string {
  try {
    readSbom(Buffer.from(content), 'app');
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    assert.equal(error.code, 'SBOM_UNSUPPORTED');
    return [error.message, error.hint].join(' ');
  }
  return assert.fail('accepted');
}

describe('what is no document is called by its name', () => {
  const cases: readonly (readonly [what: string, content: Uint8Array | string, message: RegExp])[] = [
    ['nothing', '', /found an empty file/],
    ['white space', ' \n\t', /found an empty file/],
    ['text', 'hello\n', /found a file that begins with "hello/],
    ['a list', '[]', /begins with "\[\]"/],
    ['gzip', gzipSync(BOM), /compressed with gzip Decompress it first/],
    ['Zstandard', zstdCompressSync(Buffer.from(BOM)), /compressed with Zstandard Decompress/],
    ['UTF-16', Buffer.from(`\ufeff${BOM}`, 'utf16le'), /text in UTF-16 Convert it to UTF-8/],
    [
      'a tar',
      tarOf([{ name: 'manifest.json', content: '[]' }]),
      /a tar archive An image in a tar is named without sbom:/,
    ],
    ['XML', '<?xml version="1.0"?><bom/>', /an XML document Other tools/],
    ['YAML', '---\nSPDXID: "SPDXRef-DOCUMENT"\n', /a YAML document Other tools/],
    ['YAML without its first line', 'spdxVersion: SPDX-2.3\n', /a YAML document Other tools/],
    [
      'a report',
      '{"schemaVersion":"2.0","tool":{},"packages":[]}',
      /a report of Plimsoll A document is what -o cyclonedx/,
    ],
    ['an empty object', '{}', /found an empty object/],
    ['another object', '{"a":1,"b":2,"c":3,"d":4,"e":5}', /of another kind, with "a", "b", "c", "d" and others/],
  ];
  for (const [what, content, message] of cases) {
    it(what, () => {
      assert.match(refusal(content), message);
    });
  }
});
