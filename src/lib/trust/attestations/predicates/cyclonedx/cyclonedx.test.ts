import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { predicateReaderContract } from '../contract.ts';
import { cyclonedx } from './index.ts';

evidence('trust/predicates-sbom', 'published', 'the valid samples of CycloneDX 1.6');

const TYPE = 'https://cyclonedx.org/bom';
const EXAMPLE = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { timestamp: '2026-01-01T00:00:00Z', component: { name: 'app', type: 'container' } },
  components: [{ name: 'musl' }, { name: 'busybox' }],
};

predicateReaderContract(cyclonedx, { predicateType: TYPE, example: EXAMPLE, required: ['bomFormat', 'specVersion'] });

test('the head of a document', () => {
  assert.deepEqual(cyclonedx.read(EXAMPLE, TYPE, 'x'), {
    kind: 'sbom',
    format: 'cyclonedx',
    specVersion: '1.6',
    created: Date.UTC(2026, 0, 1),
    name: 'app',
    components: 2,
  });
});

test('a version in the predicate type is that of the document', () => {
  for (const type of [`${TYPE}/v1.6`, `${TYPE}/v1`]) {
    assert.ok(cyclonedx.reads(type), type);
    assert.equal(cyclonedx.read(EXAMPLE, type, 'x').kind, 'sbom');
  }
  for (const type of [`${TYPE}/v1.5`, `${TYPE}/v1.60`, `${TYPE}/v2`]) {
    assert.ok(cyclonedx.reads(type), type);
    assert.throws(() => cyclonedx.read(EXAMPLE, type, 'x'), { code: 'PREDICATE_INVALID', message: /specVersion/ });
  }
});

test('every valid sample of CycloneDX is read', { skip: missing('shared-data') }, (t) => {
  const files = globSync(data('spec/cyclonedx/1.6/valid-*.json'));
  let components = 0;
  for (const file of files) {
    const document = JSON.parse(readFileSync(file, 'utf8')) as { components?: readonly unknown[] };
    const read = cyclonedx.read(document, `${TYPE}/v1.6`, file);
    assert.ok(read.kind === 'sbom' && read.specVersion === '1.6', file);
    assert.equal(read.components, document.components?.length ?? 0, file);
    components += read.components;
  }
  assert.ok(files.length >= 30 && components >= 30);
  t.diagnostic(`${files.length} documents, ${components} components`);
});
