import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePurlOrNull } from '#model/purl.ts';
import { ByPackage } from './by-package.ts';

test('packages are found by type, namespace and name however their URLs are written', () => {
  const written = [
    'pkg:npm/%40acme/app@1.0.0',
    'pkg:npm/@acme/app@1.0.0?a=b#c',
    'pkg:NPM/%40acme/%61pp@2.0.0',
    'pkg:npm/%40acme/app',
    'pkg:npm/app@1.0.0',
    'pkg:npm/%40acme/app2@1.0.0',
    'pkg:npm/%40other/app@1.0.0',
    'app',
  ];
  const found = new ByPackage(written, (purl) => purl).of(['pkg:npm/%40acme/app']);
  assert.deepEqual(new Set(found), new Set(written.slice(0, 4)));
  assert.deepEqual(new ByPackage(written, (purl) => purl).of(['pkg:npm/%40acme/app@2.0.0']), [
    'pkg:NPM/%40acme/%61pp@2.0.0',
  ]);
  assert.deepEqual(new ByPackage(['pkg:pypi/My_Package@1'], (purl) => purl).of(['pkg:pypi/my-package']), [
    'pkg:pypi/My_Package@1',
  ]);
  assert.deepEqual(new ByPackage(written, (purl) => purl).of(['app', 'pkg:npm', '']), []);
});

test('packages are found as reading every URL finds them', () => {
  const part = fc.stringMatching(/^[ab@/%4_.?#-]{0,4}$/);
  const purl = fc.tuple(fc.constantFrom('npm', 'pypi', 'git', 'golang'), part, part, part).map((parts) => {
    const [type, namespace, name, version] = parts;
    return `pkg:${type}/${namespace}/${name}@${version}`;
  });
  fc.assert(
    fc.property(fc.array(purl, { maxLength: 20 }), purl, (purls, named) => {
      const key = (text: string): string | null => {
        const parts = parsePurlOrNull(text);
        return parts === null ? null : JSON.stringify([parts.type, parts.namespace ?? '', parts.name]);
      };
      const version = parsePurlOrNull(named)?.version ?? '';
      const expected = purls.filter(
        (text) =>
          key(text) !== null &&
          key(text) === key(named) &&
          (version === '' || parsePurlOrNull(text)?.version === version),
      );
      assert.deepEqual(new ByPackage(purls, (text) => text).of([named]).toSorted(), expected.toSorted());
    }),
    { numRuns: 1000 },
  );
});
