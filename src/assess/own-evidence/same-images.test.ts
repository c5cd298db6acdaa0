import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { testSubject } from '#test/fixtures/signing.ts';
import { sampleReport } from '#test/samples/report.ts';
import { assertSameImages } from './same-images.ts';

const scanned = (name: string | null) => {
  const report = sampleReport();
  return { ...report, image: { ...report.image, digest: name === null ? null : digestOf(name) } };
};

test('what was scanned is what is signed, in any order', () => {
  assertSameImages('app:1', [testSubject('a'), testSubject('b')], [scanned('b'), scanned('a')]);
});

test('a tag that was moved, a platform too few or too many, and an image without a manifest are refused', () => {
  const cases: readonly (readonly [readonly string[], readonly (string | null)[]])[] = [
    [['a'], ['b']],
    [['a', 'b'], ['a']],
    [['a'], ['a', 'b']],
    [
      ['a', 'b'],
      ['a', 'a'],
    ],
    [['a'], [null]],
    [['a'], []],
    [[], []],
  ];
  for (const [subjects, reports] of cases) {
    assert.throws(
      () =>
        assertSameImages(
          'app:1',
          subjects.map((name) => testSubject(name)),
          reports.map(scanned),
        ),
      {
        code: 'IMAGE_CHANGED',
        message: /app:1/,
      },
    );
  }
});
