import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { CLASSIFIERS } from './classifiers.ts';
import { findVersions } from './find-versions.ts';
import { TextSearch } from './text-search.ts';

/** All places, as Node.js itself finds them. */
function placesOf(text: string, bytes: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text, 0, 'latin1'); at !== -1; at = bytes.indexOf(text, at + 1, 'latin1')) {
    places.push(at);
  }
  return places;
}

test('a text is found where Node.js finds it, whatever it begins with and however long it is', () => {
  const few = fc.string({ unit: fc.constantFrom('\0', 'a', 'b'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(few, fc.string({ unit: fc.constantFrom('\0', 'a', 'b'), maxLength: 60 }), (text, content) => {
      const bytes = Buffer.from(content + text + content, 'latin1');
      const search = new TextSearch(bytes, text, 'it');
      const found: number[] = [];
      for (let at = search.next(); at !== -1; at = search.next(at + 1)) {
        found.push(at);
      }
      assert.deepEqual(found, placesOf(text, bytes));
    }),
  );
});

test('a file that is made of the text is refused', () => {
  const [banner] = CLASSIFIERS.filter(({ name }) => name === 'nginx');
  assert.ok(banner !== undefined);
  for (const [text, times] of [
    ['nginx version: nginx/1.22.1\n', LIMITS.placesOfText],
    ['nginx v', LIMITS.placesOfText],
  ] as const) {
    const most = Buffer.alloc(text.length * times, text);
    assert.doesNotThrow(() => findVersions(most, banner, 'sbin/nginx'));
    const more = Buffer.concat([most, Buffer.from(text)]);
    assert.throws(
      () => findVersions(more, banner, 'sbin/nginx'),
      (error) => isAppError(error) && error.message.includes('sbin/nginx'),
    );
  }
});
