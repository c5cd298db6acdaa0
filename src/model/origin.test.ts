import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { originUrl } from './origin.ts';

const CASES: readonly (readonly [string, string | null])[] = [
  ['https://npm.acme.example/x/-/x-1.0.0.tgz', 'https://npm.acme.example/x/-/x-1.0.0.tgz'],
  ['https://user:secret@npm.acme.example/x.tgz', 'https://npm.acme.example/x.tgz'],
  ['https://token@npm.acme.example/x.tgz?sig=secret', 'https://npm.acme.example/x.tgz'],
  ['https://npm.acme.example@evil.example/x.tgz', 'https://evil.example/x.tgz'],
  ['https://evil.example\\@npm.acme.example/x.tgz', 'https://evil.example/@npm.acme.example/x.tgz'],
  ['https://acme.example/npm/../evil/x.tgz', 'https://acme.example/evil/x.tgz'],
  ['https://acme.example/npm/%2e%2E/evil/x.tgz', 'https://acme.example/evil/x.tgz'],
  ['HTTPS://NPM.acme.example:443', 'https://npm.acme.example/'],
  ['git+ssh://git@code.example/x/a.git#0123', 'git+ssh://code.example/x/a.git#0123'],
  ['git+https://me:secret@code.example/x/../a.git', 'git+https://code.example/a.git'],
  ['file:///srv/a.tgz', 'file:///srv/a.tgz'],
  ['https://a.example/\u{7}\u{1b}[31m', 'https://a.example/%07%1B[31m'],
  ['file:../a.tgz', null],
  ['git@code.example:x/a.git', null],
  ['packages/app', null],
  ['https://', null],
  ['', null],
  [`https://a.example/${'x'.repeat(3000)}`, null],
  [`https://a.example/${'ä'.repeat(1000)}`, null],
];

for (const [text, expected] of CASES) {
  test(`the origin ${JSON.stringify(text.slice(0, 60))} is ${expected ?? 'none'}`, () => {
    assert.equal(originUrl(text), expected);
  });
}

test('an origin is one of its own, bounded, and of plain characters', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('..', '@', '/', '\\', '?', '#', ':', '%2e', ' '),
  );
  const texts = fc
    .tuple(fc.constantFrom('https', 'git+ssh', 'file', 'x'), fc.array(part))
    .map(([scheme, parts]) => `${scheme}://${parts.join('')}`);
  fc.assert(
    fc.property(fc.oneof(texts, fc.webUrl({ withQueryParameters: true })), (text) => {
      const url = originUrl(text);
      assert.ok(url === null || (originUrl(url) === url && url.length <= 2048 && /^[\x21-\x7e]+$/.test(url)), text);
    }),
  );
});
