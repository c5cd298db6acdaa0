import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { predicateReaders, readPredicate } from './list.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('the list holds every folder, sorted, and nothing else', () => {
  assert.deepEqual(
    predicateReaders.map((member) => member.id),
    folders.toSorted(),
  );
});

for (const folder of folders) {
  test(`${folder} exports its reader and nothing else`, async () => {
    const exported: unknown[] = Object.values((await import(`./${folder}/index.ts`)) as Record<string, unknown>);
    assert.equal(exported.length, 1);
    assert.ok(predicateReaders.some((member) => member.id === folder && member === exported[0]));
  });
}

test('no two readers read the same type', () => {
  for (const member of predicateReaders) {
    for (const type of member.capabilities.predicateTypes.map((text) => text.replace(/\[.*\]$/, ''))) {
      const readers = predicateReaders.filter((candidate) => candidate.reads(type)).map((candidate) => candidate.id);
      assert.deepEqual(readers, [member.id], type);
    }
  }
});

test('a type that nobody reads is kept, and nothing is said of it', () => {
  const types = [
    'https://slsa.dev/provenance/v0.1',
    'https://slsa.dev/provenance/v1/',
    'https://slsa.dev/provenance/v1?x',
    'https://slsa.dev/provenance/V1',
    'https://slsa.dev/provenance',
    'https://slsa.dev/verification_summary/v0.2',
    'https://spdx.dev/Document/',
    'https://spdx.dev/Document/v',
    'https://spdx.dev/Document/v2.3x',
    'https://spdx.dev/Documents',
    'https://cyclonedx.org/bom/v1.6/evil',
    'https://cyclonedx.org/vex',
    'https://in-toto.io/attestation/vulns/v0.3',
    'https://in-toto.io/attestation/svr/v0.2',
    'https://cosign.sigstore.dev/attestation/v1',
    '__proto__',
  ];
  for (const predicateType of types) {
    assert.deepEqual(readPredicate({}, predicateType, 'x'), { kind: 'other', predicateType }, predicateType);
  }
});
