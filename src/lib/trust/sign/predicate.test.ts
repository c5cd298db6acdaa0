import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { PREDICATE_NAMES, predicateFromFile } from './predicate.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const file = (text: string | Uint8Array): { readonly name: string; readonly bytes: Uint8Array } => ({
  name: 'predicate.json',
  bytes: Buffer.from(text),
});

describe('a predicate from a file', () => {
  it('is taken as it stands, once its reader accepted it', () => {
    const text = '{ "bomFormat": "CycloneDX",\n "specVersion": "1.6", "large": 12345678901234567890 }\n';
    assert.deepEqual(predicateFromFile('cyclonedx', file(text), NOW), {
      type: 'https://cyclonedx.org/bom',
      json: text,
    });
    assert.equal(predicateFromFile('https://cyclonedx.org/bom/v1.6', file(text), NOW).json, text);
  });

  it('of a type that nobody reads is any JSON', () => {
    assert.deepEqual(predicateFromFile('https://example.org/own/v1', file('[1]'), NOW), {
      type: 'https://example.org/own/v1',
      json: '[1]',
    });
  });

  it('of type custom is wrapped as cosign wraps it', () => {
    assert.deepEqual(predicateFromFile('custom', file('any text'), NOW), {
      type: 'https://cosign.sigstore.dev/attestation/v1',
      json: '{"Data":"any text","Timestamp":"2026-01-02T03:04:05Z"}',
    });
  });

  it('of SPDX may be in the tag-value form', () => {
    const text =
      '# made by hand\nSPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: app\nCreated: 2026-01-01T00:00:00Z\n';
    assert.equal(predicateFromFile('spdx', file(text), NOW).json, JSON.stringify(text));
  });

  for (const [type, text, code] of [
    ['cyclonedx', '{}', 'PREDICATE_INVALID'],
    ['openvex', '{"@context":"https://openvex.dev/ns"}', 'PREDICATE_INVALID'],
    ['slsaprovenance1', '{"buildDefinition":{}}', 'PREDICATE_INVALID'],
    ['vuln', '{}', 'PREDICATE_INVALID'],
    ['https://example.org/own', '{', 'JSON_INVALID'],
    ['https://example.org/own', '{}}', 'JSON_INVALID'],
    ['https://example.org/own', '{},"predicate":{}', 'JSON_INVALID'],
    ['https://example.org/own', '{"a":1,"a":2}', 'JSON_DUPLICATE_KEY'],
    ['https://example.org/own', Buffer.from([0x22, 0xff, 0x22]), 'PREDICATE_INVALID'],
    ['sbom', '{}', 'PREDICATE_TYPE_INVALID'],
    ['', '{}', 'PREDICATE_TYPE_INVALID'],
    ['https://example.org/a b', '{}', 'PREDICATE_TYPE_INVALID'],
  ] as const) {
    it(`${JSON.stringify(type)} of ${text.toString()}: ${code}`, () => {
      assert.throws(() => predicateFromFile(type, file(text), NOW), { code });
    });
  }

  it('is what it says or an error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PREDICATE_NAMES, 'https://example.org/own'), fc.uint8Array(), (type, bytes) => {
        try {
          JSON.parse(predicateFromFile(type, file(bytes), NOW).json);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
    );
  });
});
