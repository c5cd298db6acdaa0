import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { predicateReaderContract } from '../contract.ts';
import type { SbomPredicate } from '../predicate.ts';
import { spdx } from './index.ts';

evidence(
  'trust/predicates-sbom',
  'published',
  'documents of SPDX 2.2, 2.3 and 3.0 by the SPDX project, as JSON and tag-value',
);

const TYPE = 'https://spdx.dev/Document';
const EXAMPLE = {
  SPDXID: 'SPDXRef-DOCUMENT',
  spdxVersion: 'SPDX-2.3',
  name: 'app',
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: x'] },
  packages: [{ name: 'musl' }],
};

predicateReaderContract(spdx, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: ['spdxVersion', 'creationInfo', 'creationInfo.created'],
});

function read(predicate: unknown, type = TYPE): SbomPredicate {
  const sbom = spdx.read(predicate, type, 'x');
  assert.ok(sbom.kind === 'sbom');
  return sbom;
}

const CREATION = { type: 'CreationInfo', '@id': '_:creation', specVersion: '3.0.1', created: '2026-01-01T00:00:00Z' };
const DOCUMENT = { type: 'SpdxDocument', name: 'app', creationInfo: '_:creation' };
const PACKAGE = { type: 'software_Package', name: 'musl' };

test('the head of a document, in each form', () => {
  const head = { kind: 'sbom', format: 'spdx', created: Date.UTC(2026, 0, 1), name: 'app', components: 1 };
  assert.deepEqual(read(EXAMPLE), { ...head, specVersion: '2.3' });
  assert.deepEqual(read({ '@graph': [CREATION, DOCUMENT, PACKAGE] }), { ...head, specVersion: '3.0.1' });
  assert.deepEqual(read({ '@graph': [{ ...DOCUMENT, creationInfo: CREATION }, PACKAGE] }), {
    ...head,
    specVersion: '3.0.1',
  });
  const lines = ['SPDXVersion: SPDX-2.2', 'DocumentName: app', 'Created: 2026-01-01T00:00:00Z', 'PackageName: musl'];
  assert.deepEqual(read(lines.join('\r\n')), { ...head, specVersion: '2.2' });
});

test('what is no document of SPDX is refused', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ ...EXAMPLE, spdxVersion: 'SPDX-3.0' }, /SPDX-2.x, found "SPDX-3.0"/],
    [{ ...EXAMPLE, spdxVersion: '2.3' }, /SPDX-2.x/],
    [{ '@graph': [] }, /one SpdxDocument among its elements, found 0/],
    [{ '@graph': [CREATION, DOCUMENT, DOCUMENT] }, /found 2 of them/],
    [{ '@graph': [DOCUMENT] }, /the @id of a CreationInfo/],
    [{ '@graph': [{ ...CREATION, specVersion: '2.3' }, DOCUMENT] }, /3.x, found "2.3"/],
    ['', /SPDXVersion/],
    ['not an SBOM', /SPDXVersion/],
    ['SPDXVersion: SPDX-2.3', /Created/],
    ['SPDXVersion: SPDX-2.3\nCreated: today', /RFC 3339/],
    ['__proto__: SPDX-2.3', /SPDXVersion/],
  ];
  for (const [predicate, message] of cases) {
    assert.throws(() => read(predicate), { code: 'PREDICATE_INVALID', message });
  }
});

test('a version in the predicate type is that of the document', () => {
  assert.equal(read(EXAMPLE, `${TYPE}/v2.3`).specVersion, '2.3');
  assert.equal(read({ '@graph': [CREATION, DOCUMENT] }, `${TYPE}/v3`).specVersion, '3.0.1');
  assert.throws(() => read(EXAMPLE, `${TYPE}/v2.2`), {
    code: 'PREDICATE_INVALID',
    message: /2.2, as the predicate type/,
  });
  assert.throws(() => read(EXAMPLE, `${TYPE}/v3`), { code: 'PREDICATE_INVALID' });
});

test('the documents of the SPDX project are read', { skip: missing('shared-data') }, (t) => {
  const counts = new Map<string, number>();
  let components = 0;
  for (const file of globSync(data('spec/spdx/{2.3/examples,3.0/examples,examples}/**/*.{json,spdx}'))) {
    const text = readFileSync(file, 'utf8');
    const sbom = read(file.endsWith('.json') ? JSON.parse(text) : text);
    counts.set(sbom.specVersion, (counts.get(sbom.specVersion) ?? 0) + 1);
    assert.ok(sbom.created !== null && sbom.created > Date.UTC(2010, 0, 1), file);
    components += sbom.components;
  }
  assert.ok((counts.get('2.2') ?? 0) >= 3 && (counts.get('2.3') ?? 0) >= 3 && (counts.get('3.0.1') ?? 0) >= 3);
  assert.ok(components >= 50);
  t.diagnostic(`${JSON.stringify(Object.fromEntries(counts))}, ${components} packages`);
});
