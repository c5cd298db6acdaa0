import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHttpUri } from './uri.ts';

const CASES: readonly (readonly [string, boolean])[] = [
  ['https://nvd.nist.gov/vuln/detail/CVE-2019-14697', true],
  ['http://example.org:8080/a%20b?c=d#e', true],
  ['https://example.org/a b', false],
  ['https://example.org/ä', false],
  ['https://example.org/%zz', false],
  ['https://example.org/%2', false],
  ['https://example.org/#a#b', false],
  ['https://example.org:99999999/', false],
  ['https://[::1]/', false],
  ['https://', false],
  ['javascript:alert(1)', false],
  ['ftp://example.org/', false],
  ['', false],
];

test('links are http URIs as RFC 3986 writes them', () => {
  for (const [text, expected] of CASES) {
    assert.equal(isHttpUri(text), expected, text);
  }
});
