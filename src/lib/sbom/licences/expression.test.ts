import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { isSpdxExpression } from './expression.ts';
import { SPDX_EXCEPTIONS, SPDX_LICENCES } from './spdx-list.ts';

evidence('sbom/licences', 'published', 'the list of SPDX identifiers in the CycloneDX 1.6 schema');

describe('SPDX identifiers', () => {
  it('are those of the CycloneDX schema', { skip: missing('shared-data') }, () => {
    const schema = JSON.parse(readFileSync(data('spec/cyclonedx/schema/spdx.schema.json'), 'utf8')) as {
      readonly enum: readonly string[];
    };
    assert.ok(schema.enum.length > 700);
    assert.deepEqual([...SPDX_LICENCES, ...SPDX_EXCEPTIONS].toSorted(), schema.enum.toSorted());
  });

  it('tell licences from exceptions', () => {
    assert.ok(SPDX_LICENCES.has('MIT') && SPDX_LICENCES.has('ZPL-2.1') && SPDX_LICENCES.has('GPL-2.0'));
    assert.ok(SPDX_EXCEPTIONS.has('389-exception') && SPDX_EXCEPTIONS.has('x11vnc-openssl-exception'));
    assert.ok([...SPDX_EXCEPTIONS].every((exception) => !SPDX_LICENCES.has(exception)));
  });
});

describe('an SPDX expression', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['MIT', true],
    ['MIT OR Apache-2.0', true],
    ['(MIT OR CC0-1.0)', true],
    ['GPL-2.0-only WITH Classpath-exception-2.0 AND (MIT OR (BSD-3-Clause AND ISC))', true],
    ['Apache-2.0+', true],
    ['LicenseRef-Proprietary AND MIT', true],
    ['', false],
    ['()', false],
    ['(MIT', false],
    ['MIT)', false],
    ['MIT Apache-2.0', false],
    ['MIT OR', false],
    ['OR MIT', false],
    ['MIT or Apache-2.0', false],
    ['MIT AND GPL2', false],
    ['MIT WITH MIT', false],
    ['(MIT) WITH Classpath-exception-2.0', false],
    ['MIT WITH LLVM-exception WITH LLVM-exception', false],
    ['LicenseRef-', false],
    ['See LICENSE.txt', false],
  ];
  for (const [text, expected] of cases) {
    it(`${expected ? 'is' : 'is not'} ${JSON.stringify(text)}`, () => {
      assert.equal(isSpdxExpression(text), expected);
    });
  }

  it('is not nested deeper than any tool can read', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}MIT${')'.repeat(depth)}`;
    assert.equal(isSpdxExpression(nested(32)), true);
    assert.equal(isSpdxExpression(nested(33)), false);
    assert.equal(isSpdxExpression(nested(100_000)), false);
  });

  it('stays one inside brackets and beside another', () => {
    const licence = fc.constantFrom('MIT', 'GPL-2.0-only WITH Classpath-exception-2.0', 'Apache-2.0+', 'LicenseRef-x');
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small' },
        licence,
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) AND (${b})`),
        tie('expression').map((inner) => `(${inner})`),
      ),
    }));
    fc.assert(fc.property(expression, (text) => isSpdxExpression(text)));
  });
});
