import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import type { SbomDocument } from '#model/sbom.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { inventoryOf } from '../../../inventory.ts';
import { readSbom } from '../../../read.ts';

evidence('sbom/read-cyclonedx', 'published', 'all valid and invalid samples of CycloneDX 1.6');

const skip = missing('shared-data');

/** Where each published sample breaks the specification. */
const INVALID: Readonly<Record<string, string>> = {
  bomformat: 'bomFormat',
  'component-ref': 'components[1].bom-ref',
  'component-swid': 'components[0].swid.tagId',
  'component-type': 'components[0].type',
  dependency: 'dependencies[0].ref',
  'empty-component': 'components[0].name',
  'hash-alg': 'components[0].hashes[0].alg',
  'hash-md5': 'components[0].hashes[0].content',
  'hash-sha1': 'components[0].hashes[1].content',
  'hash-sha256': 'components[0].hashes[2].content',
  'hash-sha512': 'components[0].hashes[3].content',
  'issue-type': 'components[0].pedigree.patches[0].resolves[0].type',
  'license-choice': 'components[0].licenses[0]',
  'license-declared-concluded-mix': 'components[0].licenses[3].expression',
  'license-encoding': 'components[0].licenses[0].license.text.encoding',
  'license-id': 'components[0].licenses[0].license.id',
  'license-missing-id-and-name': 'components[0].licenses[0].license.name',
  'metadata-license': 'metadata.licenses[0].license.id',
  'metadata-timestamp': 'metadata.timestamp',
  'missing-component-type': 'components[0].type',
  'patch-type': 'components[0].pedigree.patches[0].type',
  properties: 'metadata.properties[0].name',
  scope: 'components[0].scope',
  serialnumber: 'serialNumber',
  'service-data': 'services[0].data[0].flow',
};

function read(bom: unknown): SbomDocument {
  return readSbom(Buffer.from(JSON.stringify(bom)), 'app.json');
}

function bomOf(...components: readonly object[]): object {
  return { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components };
}

const LODASH = { type: 'library', name: 'lodash', version: '4.17.4', purl: 'pkg:npm/lodash@4.17.4' } as const;

/** What is thrown, but for its cause. */
function refusal(work: () => unknown): { readonly code: string; readonly message: string; readonly object: string } {
  try {
    work();
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return { code: error.code, message: error.message, object: error.object ?? '' };
  }
  return assert.fail('accepted');
}

describe('the published samples of CycloneDX 1.6', { skip }, () => {
  const names = skip === false ? readdirSync(data('spec/cyclonedx/1.6')) : [];
  const sample = (name: string): Buffer => readFileSync(data(`spec/cyclonedx/1.6/${name}`));

  it('that are valid are all read', (t) => {
    const valid = names.filter((name) => name.startsWith('valid-'));
    for (const name of valid) {
      assert.equal(readSbom(sample(name), name).version, '1.6');
    }
    assert.ok(valid.length >= 40);
    t.diagnostic(`${valid.length} samples read`);
  });

  it('that are invalid are all refused, with the place of the fault', (t) => {
    const invalid = names.filter((name) => name.startsWith('invalid-'));
    for (const name of invalid) {
      const { code, object } = refusal(() => readSbom(sample(name), name));
      const path = INVALID[name.replace('invalid-', '').replace('-1.6.json', '')];
      assert.deepEqual([code, object], ['SBOM_INVALID', `${name}, ${path}`]);
    }
    assert.equal(invalid.length, Object.keys(INVALID).length);
    t.diagnostic(`${invalid.length} samples refused`);
  });

  it('is read with its components, nested ones too', () => {
    const { components, id, tools, subject } = readSbom(sample('valid-assembly-1.6.json'), 'assembly');
    assert.deepEqual(
      components.map(({ at, name }) => [at, name]),
      [
        ['components[0]', 'acme-library-a'],
        ['components[0].components[0]', 'acme-library-b'],
      ],
    );
    assert.equal(id, 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79');
    assert.deepEqual([tools, subject], [[], null]);
  });
});

describe('a CycloneDX document of somebody else', () => {
  const cases: readonly (readonly [what: string, document: unknown, code: string, message: RegExp])[] = [
    [
      'with a text for a package URL',
      bomOf(LODASH, LODASH, { ...LODASH, purl: 'x' }),
      'SBOM_INVALID',
      /^app\.json, components\[2\]\.purl: not as CycloneDX 1\.6 says: expected a package URL, found "x"$/,
    ],
    [
      'of a version that is not known',
      { ...bomOf(), specVersion: '2.0' },
      'SBOM_UNSUPPORTED',
      /expected one of 1\.2, 1\.3, 1\.4, 1\.5, 1\.6, 1\.7, found "2\.0"/,
    ],
    ['of no version', { bomFormat: 'CycloneDX' }, 'SBOM_UNSUPPORTED', /found none/],
    [
      'with a name twice',
      bomOf({ ...LODASH, 'bom-ref': 'a' }, { ...LODASH, 'bom-ref': 'a' }),
      'SBOM_INVALID',
      /components\[1\]\.bom-ref: .*expected every bom-ref once, found "a", as in components\[0\]/,
    ],
    [
      'with facts of ours that are none',
      bomOf({ ...LODASH, properties: [{ name: 'plimsoll:facts', value: '{"cataloger":1}' }] }),
      'SBOM_INVALID',
      /components\[0\], plimsoll:facts, name: not as Plimsoll says/,
    ],
    ['nothing but a list', [], 'SBOM_UNSUPPORTED', /begins with "\[\]"/],
    ['of another kind', { a: 1 }, 'SBOM_UNSUPPORTED', /JSON document of another kind/],
  ];
  for (const [what, document, code, message] of cases) {
    it(`${what} is refused`, () => {
      const found = refusal(() => read(document));
      assert.equal(found.code, code);
      assert.match(found.message, message);
    });
  }

  it('in XML is refused in words', () => {
    const { code, message } = refusal(() => readSbom(Buffer.from('\ufeff <?xml version="1.0"?><bom/>'), 'app.xml'));
    assert.equal(code, 'SBOM_UNSUPPORTED');
    assert.match(message, /CycloneDX 1\.2 to 1\.7 in JSON.*found an XML document/);
  });

  it('with tools that have a length is read', () => {
    assert.deepEqual(read({ ...bomOf(), metadata: { tools: { length: 1, components: [LODASH] } } }).tools, [
      'lodash 4.17.4',
    ]);
  });

  it('that names a member twice is refused', () => {
    const text = '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[],"components":[]}';
    assert.equal(refusal(() => readSbom(Buffer.from(text), 'a')).code, 'JSON_DUPLICATE_KEY');
  });

  it('says what it says: completeness, several operating systems', () => {
    const { unknowns, os } = read({
      ...bomOf(
        { type: 'operating-system', name: 'alpine', version: '3.10.9' },
        { type: 'operating-system', name: 'debian', version: '12' },
      ),
      compositions: [{ aggregate: 'incomplete_first_party_only' }, { aggregate: 'complete' }],
    });
    assert.equal(os, null);
    assert.deepEqual(
      unknowns.map(({ kind, reason }) => [kind, reason]),
      [
        ['incomplete-sbom', 'expected one operating system, found "alpine 3.10.9", "debian 12"'],
        ['incomplete-sbom', 'it says of a composition that it is "incomplete_first_party_only"'],
      ],
    );
  });

  it('that leaves parts to other documents, or has an image inside, is incomplete', () => {
    const link = 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#b';
    const document = read({
      ...bomOf({ ...LODASH, 'bom-ref': 'a' }, { type: 'container', name: 'i', purl: 'pkg:oci/i@sha256:ab' }),
      dependencies: [{ ref: 'a', dependsOn: [link] }],
    });
    assert.deepEqual(
      inventoryOf(document).unknowns.map(({ reason }) => reason),
      [
        'it refers to 1 element of another document, which is not read',
        '1 component of type "oci" is not listed: nothing is known of this type',
        'the document lists no package of an operating system',
      ],
    );
  });

  it('about an operating system is of that one', () => {
    const component = { type: 'operating-system', name: 'debian', version: '12' };
    assert.deepEqual(read({ ...bomOf(), metadata: { component } }).os, { id: 'debian', versionId: '12', idLike: [] });
  });
});
