import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { blobKey, isOwnKey, parseBlobKey, parseListedKey, parsePartKey, partKey } from './keys.ts';

const HEX = 'a'.repeat(64);

test('keys of blobs and parts are read back as they were made', () => {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const key = blobKey(digestOf('x', algorithm), 'unique00');
    assert.equal(parseBlobKey(key), key);
    assert.ok(isOwnKey(key));
  }
  assert.equal(parsePartKey(partKey('unique00')), 'uploads/unique00');
  assert.throws(() => partKey('../x'), { code: 'BLOB_KEY_INVALID' });
  assert.throws(() => blobKey(digestOf('x'), 'a/b'), { code: 'BLOB_KEY_INVALID' });
});

const notBlobs = [
  '',
  '.',
  '/etc/passwd',
  'blobs/../../etc/passwd',
  `blobs/sha256/aa/${HEX}`,
  `blobs/sha256/aa/${HEX}-short`,
  `blobs/sha256/aa/${HEX}-unique00/../x`,
  `blobs/sha256/aa/${HEX}-unique/../x`,
  `blobs/sha256/ab/${HEX}-unique00`,
  `blobs/sha256/aa/${HEX}-unique00\n`,
  `blobs/sha256/aa/${HEX}-unique00\0`,
  `blobs/sha256/aa/${HEX.toUpperCase()}-unique00`,
  `blobs/sha512/aa/${HEX}-unique00`,
  `x/blobs/sha256/aa/${HEX}-unique00`,
  'uploads/unique00',
];

for (const key of notBlobs) {
  test(`no key of a blob: ${JSON.stringify(key)}`, () => {
    assert.throws(() => parseBlobKey(key), { code: 'BLOB_KEY_INVALID' });
  });
}

for (const key of [
  '',
  'uploads',
  'uploads/',
  'uploads/..',
  'uploads/unique00/x',
  'uploads/UNIQUE00',
  '/uploads/unique00',
]) {
  test(`no key of a part: ${JSON.stringify(key)}`, () => {
    assert.throws(() => parsePartKey(key), { code: 'BLOB_KEY_INVALID' });
  });
}

for (const key of [
  '',
  '..',
  '../x',
  'blobs',
  'blobs/',
  'blobs/../x',
  'uploads/./x',
  'uploads//x',
  '/blobs/x',
  'other/x',
  'blobs/\0',
]) {
  test(`nothing that could be listed: ${JSON.stringify(key)}`, () => {
    assert.throws(() => parseListedKey(key), { code: 'BLOB_KEY_INVALID' });
  });
}
