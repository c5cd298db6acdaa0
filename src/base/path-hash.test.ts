import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countPathHashes, hashPath, PathHashes, readPathHashes } from './path-hash.ts';

/** The hash of the only path in a text. */
function only(hashes: PathHashes): object {
  const [first, second, ...more] = readPathHashes(hashes.toText());
  assert.deepEqual(more, []);
  return { first, second };
}

test('a path has one hash: whole, in two parts, out of the middle of something, and through the text', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (folder, name, around) => {
      const hashes = new PathHashes();
      hashes.startWith(Buffer.from(folder));
      const bytes = Buffer.from(around + name + around);
      const start = Buffer.byteLength(around);
      hashes.add(bytes, start, start + Buffer.byteLength(name));
      assert.deepEqual(only(hashes), hashPath(Buffer.from(folder).toString() + Buffer.from(name).toString()));
    }),
  );
});

test('a hundred thousand paths of a system have as many hashes, and as many halves but for a few', () => {
  const paths = Array.from({ length: 100_000 }, (_, index) => `usr/share/doc/package-${index % 977}/file.${index}`);
  const halves = paths.map(hashPath);
  assert.equal(new Set(halves.map(({ first, second }) => `${first} ${second}`)).size, paths.length);
  assert.ok(new Set(halves.map(({ first }) => first)).size > paths.length - 20);
  assert.ok(new Set(halves.map(({ second }) => second)).size > paths.length - 20);
});

test('a text that nobody wrote gives as many hashes as it holds', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { length } = readPathHashes(text);
      assert.equal(length % 2, 0);
      assert.ok(length / 2 <= countPathHashes(text));
    }),
  );
  assert.equal(readPathHashes('AAAAAAAAAAA').length, 2);
  assert.equal(readPathHashes('AAAA').length, 0);
});
