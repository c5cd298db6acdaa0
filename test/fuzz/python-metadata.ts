import assert from 'node:assert/strict';
import { python } from '#lib/packages/catalogers/python/index.ts';
import { markerHolds } from '#lib/packages/catalogers/python/markers.ts';
import { normalizeName } from '#lib/packages/catalogers/python/name.ts';
import { surroundingsOf } from '#lib/packages/catalogers/python/surroundings.ts';
import { normalizeVersion } from '#lib/packages/catalogers/python/version.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const PATH = 'usr/lib/python3.11/site-packages/a-1.dist-info/METADATA';

const METADATA = `Metadata-Version: 2.1
Name: Zope.Thing_x
Version: 1!2.0RC1.post2.dev3+Local-1
License-Expression: MIT
Classifier: License :: OSI Approved :: MIT License
Requires-Dist: six (>=1)
Requires-Dist: b[socks]>=1 ; python_version < "3.8" and (os_name == 'nt' or extra == "test")
Requires-Dist: c ; platform_system != "Windows" or "3.9" <= python_full_version
Requires-Dist: d ; python_version not in "2.7" or python_version ~= "3.8"

A description
`;

/** Metadata of distributions: what is accepted is in its normal form, and brackets around a marker change nothing. */
export const pythonMetadata: FuzzTarget = {
  id: 'python-metadata',
  seeds: () => [METADATA, 'Name: a\nVersion: 1.0\n'].map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    'Requires-Dist: ',
    ' ; ',
    'python_version',
    'python_full_version',
    'sys_platform',
    ' and ',
    ' or ',
    ' not in ',
    '"3.11"',
    '"3.*"',
    '~=',
    '===',
    '((',
    '))',
    'extra == "x"',
  ],
  run: (input) => {
    const { packages = [] } = python.read({ path: PATH, bytes: input });
    for (const { name, version, requires = [] } of packages) {
      invariant('names and versions are in their normal form', () => {
        assert.deepEqual([normalizeName(name), normalizeVersion(version)], [name, version]);
        assert.deepEqual(requires, [...new Set(requires.map(normalizeName))].toSorted());
      });
    }
    const surroundings = surroundingsOf(PATH);
    const markers =
      Buffer.from(input)
        .toString('latin1')
        .match(/;[^;\n]{1,1000}/g) ?? [];
    for (const marker of markers.slice(0, 20).map((text) => text.slice(1))) {
      const verdict = markerHolds(marker, surroundings);
      if (verdict !== null && marker.split('(').length < 20) {
        invariant('brackets change nothing', () => {
          assert.equal(markerHolds(`(${marker}) and ((${marker}) or (${marker}))`, surroundings), verdict, marker);
        });
      }
    }
  },
};
