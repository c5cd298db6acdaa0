import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithmOf, createDigester, digestOf, hexOf, isDigest, parseDigest } from './digest.ts';

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('digests of content at hand and of content in chunks are the same', () => {
  assert.equal(digestOf(''), EMPTY);
  const digester = createDigester();
  digester.update(Buffer.from('ab'));
  digester.update(Buffer.from('c'));
  assert.equal(digester.digest(), digestOf('abc'));
  assert.equal(algorithmOf(digestOf('abc', 'sha512')), 'sha512');
  assert.equal(hexOf(digestOf('abc', 'sha512')).length, 128);
});

const INVALID: readonly string[] = [
  '',
  'sha256',
  'sha256:',
  EMPTY.slice(0, -1),
  `${EMPTY}0`,
  EMPTY.toUpperCase(),
  EMPTY.replace('sha256', 'md5'),
  EMPTY.replace('e3', 'g3'),
  `${EMPTY.slice(0, -1)}\n`,
  EMPTY.replace('sha256', 'sha512'),
  `__proto__:${hexOf(parseDigest(EMPTY))}`,
  `../../${EMPTY}`,
];

for (const text of INVALID) {
  test(`no digest: ${JSON.stringify(text).slice(0, 30)}`, () => {
    assert.equal(isDigest(text), false);
    assert.throws(() => parseDigest(text, 'layer'), { code: 'DIGEST_INVALID', object: 'layer' });
  });
}
