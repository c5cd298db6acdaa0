import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { licenseClass } from './classes.ts';
import { classifyLicenses, licensesIn } from './classify.ts';

const CLASSES = [
  ['MIT', 'permissive'],
  ['mit', 'permissive'],
  ['Apache-2.0', 'permissive'],
  ['CC-BY-4.0', 'permissive'],
  ['CC-BY-NC-SA-4.0', 'non-commercial'],
  ['CC-BY-SA-4.0', 'copyleft'],
  ['CC-BY-ND-4.0', 'proprietary'],
  ['CC0-1.0', 'public-domain'],
  ['GPL-2.0-only', 'copyleft'],
  ['GPL-2.0+', 'copyleft'],
  ['LGPL-2.1-or-later', 'weak-copyleft'],
  ['GPL-2.0-only WITH Classpath-exception-2.0', 'weak-copyleft'],
  ['GPL-2.0-only WITH Nothing-exception', 'copyleft'],
  ['AGPL-3.0-only', 'network-copyleft'],
  ['SSPL-1.0', 'network-copyleft'],
  ['MPL-2.0', 'weak-copyleft'],
  ['BUSL-1.1', 'proprietary'],
  ['LicenseRef-Acme', 'unknown'],
  ['', 'unknown'],
] as const;

for (const [id, expected] of CLASSES) {
  test(`${id || 'no name'} is ${expected}`, () => {
    assert.equal(licenseClass(id), expected);
  });
}

const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  ['MIT', ['MIT']],
  ['MIT OR GPL-3.0-only', ['MIT']],
  ['GPL-3.0-only OR LicenseRef-X', ['GPL-3.0-only']],
  ['MIT AND (GPL-2.0-only OR Apache-2.0)', ['MIT', 'Apache-2.0']],
  ['GPL-2.0-only AND MIT OR ISC', ['ISC']],
  ['GPLv2+ and LGPLv2+', ['GPL-2.0-or-later', 'LGPL-2.0-or-later']],
  ['GPL-2+', ['GPL-2.0-or-later']],
  ['LGPL-2.1', ['LGPL-2.1-only']],
  ['Expat', ['MIT']],
  ['MIT BSD GPL2+', ['MIT', 'BSD-3-Clause', 'GPL-2.0-or-later']],
  ['MIT and others', ['MIT', 'others']],
  ['ASL 2.0', ['Apache-2.0']],
  ['GNU AGPLv3', ['AGPL-3.0-only']],
  ['GNU Affero General Public License v3', ['AGPL-3.0-only']],
  ['GNU Affero General Public License v3 or later (AGPLv3+)', ['AGPL-3.0-or-later']],
  ['GNU Affero General Public License, version 3.0 only', ['AGPL-3.0-only']],
  ['GNU Lesser General Public License v2 or later (LGPLv2+)', ['LGPL-2.0-or-later']],
  ['The GNU General Public License, Version 2', ['GPL-2.0-only']],
  ['GNU General Public License (GPL)', ['GNU General Public License (GPL)']],
  ['See LICENSE.txt', ['See LICENSE.txt']],
  ['Copyright (c) Acme and others', ['Copyright (c) Acme and others']],
  ['(MIT', ['(MIT']],
  ['__proto__', ['__proto__']],
  ['', []],
];

for (const [text, expected] of TEXTS) {
  test(`the licences of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(licensesIn(text), expected);
  });
}

test('licences are counted by package, not by mention', () => {
  const facts = classifyLicenses([{ licenses: ['MIT', 'Expat'] }, { licenses: ['MIT AND ISC'] }, { licenses: [] }]);
  assert.deepEqual(facts, [
    { id: 'ISC', class: 'permissive', packages: 1 },
    { id: 'MIT', class: 'permissive', packages: 2 },
  ]);
});

test('no text does harm: brackets without end, and any other', () => {
  assert.deepEqual(licensesIn('('.repeat(100_000)).length, 1);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('MIT', '(', ')', ' AND ', ' OR ', ',', ' WITH ', 'x')), (parts) => {
      const text = parts.join('');
      assert.equal(licensesIn(text).length > 0, text.trim() !== '');
    }),
  );
});
