import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { hexOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { sampleReport } from '#test/samples/report.ts';
import { type SbomName, sbomWriters } from './formats/list.ts';
import { inventoryOf } from './inventory.ts';
import { readSbom } from './read.ts';
import { writeSbom } from './write.ts';

const bom: unknown = JSON.parse(writeSbom(sampleReport(), { format: 'cyclonedx', now: 0 }));
const SUBJECT = sampleReport().image.digest;

function statement(changes: object = {}): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://cyclonedx.org/bom',
    subject: [{ name: 'app', digest: { sha256: SUBJECT === null ? '' : hexOf(SUBJECT) } }],
    predicate: bom,
    ...changes,
  };
}

function envelope(payload: object): object {
  return {
    payloadType: 'application/vnd.in-toto+json',
    payload: Buffer.from(JSON.stringify(payload)).toString('base64'),
    signatures: [{ sig: 'not looked at' }],
  };
}

function read(value: unknown): ReturnType<typeof readSbom> {
  return readSbom(Buffer.from(JSON.stringify(value)), 'app.json');
}

describe('a document in an in-toto statement', () => {
  const cases: readonly (readonly [what: string, value: object, wrapping: string])[] = [
    ['of v1', statement(), 'in-toto-statement'],
    [
      'of v0.1, with the version behind the type',
      statement({ _type: 'https://in-toto.io/Statement/v0.1', predicateType: 'https://cyclonedx.org/bom/v1.6' }),
      'in-toto-statement',
    ],
    ['in an envelope', envelope(statement()), 'dsse-envelope'],
    ['in an envelope in a bundle', { mediaType: 'x', dsseEnvelope: envelope(statement()) }, 'dsse-envelope'],
    ['as cosign wrapped it', statement({ predicate: { Data: bom, Timestamp: '' } }), 'in-toto-statement'],
  ];
  for (const [what, value, wrapping] of cases) {
    it(`${what} is read, and says so`, () => {
      const found = read(value);
      assert.deepEqual([found.wrapping, found.statedSubjects, found.components.length], [wrapping, [SUBJECT], 7]);
    });
  }

  it('as a text is read too', () => {
    const path = resolve(import.meta.dirname, '../../../test/fixtures/sbom/trivy-0.57.1.spdx');
    const predicateType = 'https://spdx.dev/Document';
    const found = read(statement({ predicateType, predicate: { Data: readFileSync(path, 'utf8') } }));
    assert.deepEqual([found.format, found.wrapping], ['spdx', 'in-toto-statement']);
  });

  const folder = resolve(import.meta.dirname, '../../../test/fixtures/sbom');
  const PREDICATES = {
    cyclonedx: 'https://cyclonedx.org/bom',
    spdx: 'https://spdx.dev/Document',
    syft: 'https://syft.dev/bom',
  };
  const documents = [
    ...readdirSync(folder)
      .filter((name) => !name.endsWith('.md'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
    ...(Object.keys(sbomWriters) as readonly SbomName[]).map(
      (format) => [format, writeSbom(sampleReport(), { format, now: 0 })] as const,
    ),
  ];
  for (const [name, text] of documents) {
    it(`${name}: says the same as alone, in a statement, an envelope and a bundle`, () => {
      const alone = readSbom(Buffer.from(text), name);
      const predicate: unknown = text.startsWith('{') ? JSON.parse(text) : { Data: text };
      const stated = statement({ predicateType: PREDICATES[alone.format], predicate });
      for (const value of [stated, envelope(stated), { dsseEnvelope: envelope(stated) }]) {
        const found = read(value);
        assert.notEqual(found.wrapping, 'none');
        assert.deepEqual(inventoryOf(found), inventoryOf(alone));
        assert.deepEqual({ ...found, wrapping: 'none', statedSubjects: [] }, alone);
      }
    });
  }

  const refused: readonly (readonly [what: string, value: object, message: RegExp])[] = [
    ['of another predicate', statement({ predicateType: 'https://slsa.dev/provenance/v1' }), /predicateType: .*slsa/],
    ['in a statement', statement({ predicate: statement() }), /predicate: .*JSON document of another kind/],
    ['that is not there', statement({ predicate: null }), /app\.json, predicate: /],
    ['in an envelope that is not base64', { ...envelope(statement()), payload: 'e30' }, /payload: .*base64/],
    ['in an envelope of another type', { ...envelope(statement()), payloadType: 'text/plain' }, /payloadType: /],
    [
      'with a fault',
      statement({ predicate: { bomFormat: 'CycloneDX', specVersion: '1.6', version: 0 } }),
      /app\.json, predicate, version: /,
    ],
  ];
  for (const [what, value, message] of refused) {
    it(`${what} is refused`, () => {
      assert.throws(
        () => read(value),
        (error: unknown) => isAppError(error) && message.test(error.message),
      );
    });
  }
});
