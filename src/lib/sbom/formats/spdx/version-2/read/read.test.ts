import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { inventoryOf } from '../../../../inventory.ts';
import { readSbom } from '../../../../read.ts';

evidence('sbom/read-spdx-3', 'published', 'the examples of spdx-spec and spdx-examples');

const HEAD =
  'SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentNamespace: urn:app\nDocumentName: app\n';
const CREATED = 'Creator: Tool: by-hand\nCreated: 2026-08-21T12:00:00Z\n';
const PACKAGE = 'PackageName: a\nSPDXID: SPDXRef-a\nPackageDownloadLocation: NONE\n';

function refusal(text: string): string {
  try {
    readSbom(Buffer.from(text), 'app.spdx');
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    assert.ok(['SBOM_INVALID', 'SBOM_UNSUPPORTED'].includes(error.code));
    return error.message;
  }
  return assert.fail('accepted');
}

describe('the published documents of SPDX', { skip: missing('shared-data') }, () => {
  it('are read, of 2.2, 2.3 and 3.0, in JSON and as tag-value text', (t) => {
    const counts = new Map<string, number>();
    for (const name of readdirSync(data('spec/spdx'), { recursive: true, encoding: 'utf8' }).toSorted()) {
      const isDocument = /\.(?:json|spdx)$/.test(name) && !name.includes('schema');
      if (isDocument) {
        const { version, components, files } = readSbom(readFileSync(join(data('spec/spdx'), name)), name);
        assert.ok(components.length + files.length > 0, name);
        const form = `${version} ${name.endsWith('.spdx') ? 'tag-value' : 'JSON'}`;
        counts.set(form, (counts.get(form) ?? 0) + 1);
      }
    }
    t.diagnostic([...counts].map(([form, count]) => `${form}: ${count}`).join(', '));
    assert.deepEqual([...counts.keys()].toSorted(), [
      '2.2 JSON',
      '2.2 tag-value',
      '2.3 JSON',
      '2.3 tag-value',
      '3.0.1 JSON',
    ]);
    assert.ok([...counts.values()].reduce((sum, count) => sum + count, 0) >= 28);
  });

  it('say the same in JSON and as tag-value text', () => {
    const [json, text] = ['SPDXJSONExample-v2.3.spdx.json', 'SPDXTagExample-v2.3.spdx'].map((name) => {
      const { components, files } = readSbom(readFileSync(data(`spec/spdx/2.3/examples/${name}`)), name);
      const packages = components.map(({ name: called, version, purl, hashes, licenses }) => {
        return { called, version, purl, hashes, licenses };
      });
      return { packages, files: files.map(({ path }) => path).toSorted() };
    });
    assert.deepEqual(text?.packages.toSorted(byName), json?.packages.toSorted(byName));
    assert.deepEqual(text?.files, json?.files);
  });
});

function byName(a: { readonly called: string }, b: { readonly called: string }): number {
  return a.called < b.called ? -1 : 1;
}

describe('tag-value text', () => {
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['a tag that is none', `${HEAD}${CREATED}PackageVerison: 1\n`, /app\.spdx, line 8: .*found "PackageVerison"/],
    [
      'a tag of an element that did not begin',
      `${HEAD}PackageVersion: 1\n`,
      /line 6: .*behind the beginning of its package/,
    ],
    [
      'a tag twice',
      `${HEAD}${CREATED}${PACKAGE}PackageVersion: 1\nPackageVersion: 2\n`,
      /line 12: .*PackageVersion once/,
    ],
    ['a line without a colon', `${HEAD}nonsense\n`, /line 6: .*a tag, a colon and a value/],
    ['text that does not end', `${HEAD}DocumentComment: <text>a\nb`, /line 6: .*<\/text>/],
    ['words behind text', `${HEAD}DocumentComment: <text>a\nb</text> c`, /line 6: .*nothing behind/],
    [
      'a relationship of two',
      `${HEAD}Relationship: SPDXRef-a CONTAINS\n`,
      /line 6: .*an element, a type and an element/,
    ],
    ['a checksum without an algorithm', `${HEAD}${CREATED}${PACKAGE}PackageChecksum: ab\n`, /line 11: /],
    ['a value of another kind', `${HEAD}${CREATED}${PACKAGE}FilesAnalyzed: yes\n`, /line 11: .*true or false/],
    [
      'no creator',
      `${HEAD}Created: 2026-08-21T12:00:00Z\n`,
      /creationInfo\.creators: .*expected a list, found nothing/,
    ],
    ['an element twice', `${HEAD}${CREATED}${PACKAGE}${PACKAGE}`, /packages\[1\]\.SPDXID: .*every SPDXID once/],
    ['a version that is not read', HEAD.replace('2.3', '2.1'), /expected one of SPDX-2\.2, SPDX-2\.3/],
  ];
  for (const [what, text, message] of cases) {
    it(`with ${what} is refused, with the line or the place`, () => {
      assert.match(refusal(text), message);
    });
  }

  it('counts the lines of texts, and keeps colons, comments and line ends in their place', () => {
    const text = `\ufeff# a comment\r\n${HEAD}${CREATED}DocumentComment: <text>one\n# two: 2\n</text>\n\n${PACKAGE.replaceAll('\n', '\r\n')}`;
    assert.equal(readSbom(Buffer.from(text), 'a').components[0]?.name, 'a');
    assert.match(refusal(`${text}Nothing: 1\n`), /line 16: /);
  });
});

describe('an SPDX document', () => {
  const document = (changes: object, entry: object = {}): string =>
    JSON.stringify({
      spdxVersion: 'SPDX-2.3',
      SPDXID: 'SPDXRef-DOCUMENT',
      documentNamespace: 'urn:app',
      name: 'app',
      dataLicense: 'CC0-1.0',
      creationInfo: { created: '2026-08-21T12:00:00Z', creators: ['Tool: by-hand'] },
      packages: [{ SPDXID: 'SPDXRef-a', name: 'a', downloadLocation: 'NONE', ...entry }],
      ...changes,
    });

  const cases: readonly (readonly [changes: object, entry: object, message: RegExp])[] = [
    [{ documentNamespace: undefined }, {}, /documentNamespace: .*found nothing/],
    [{ dataLicense: 'MIT' }, {}, /dataLicense: .*expected "CC0-1\.0", found "MIT"/],
    [{ creationInfo: { created: 'today', creators: ['a'] } }, {}, /creationInfo\.created: /],
    [{}, { SPDXID: 'a b' }, /packages\[0\]\.SPDXID: /],
    [{}, { downloadLocation: 1 }, /packages\[0\]\.downloadLocation: .*found 1/],
    [{}, { checksums: [{ algorithm: 'SHA0', checksumValue: 'ab' }] }, /packages\[0\]\.checksums\[0\]\.algorithm: /],
    [{}, { externalRefs: [{ referenceCategory: 'X' }] }, /packages\[0\]\.externalRefs\[0\]\.referenceCategory: /],
    [{ relationships: [{ spdxElementId: 'a' }] }, {}, /relationships\[0\]\.spdxElementId: /],
  ];
  for (const [changes, entry, message] of cases) {
    it(`that breaks the specification at ${message.source.split(':')[0]} is refused`, () => {
      assert.match(refusal(document(changes, entry)), message);
    });
  }

  it('that says of something that there may be more is incomplete; a package without a URL is an unknown, described or not', () => {
    const relationships = [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-a' },
      { spdxElementId: 'SPDXRef-a', relationshipType: 'CONTAINS', relatedSpdxElement: 'NOASSERTION' },
    ];
    const { unknowns } = inventoryOf(readSbom(Buffer.from(document({ relationships })), 'a'));
    assert.deepEqual(
      unknowns.map(({ reason }) => reason),
      [
        'it says of 1 element that there may be more inside',
        'packages[0] ("a") has no package URL, so that nothing can be matched with it',
        'the document lists no package of an operating system',
      ],
    );
  });

  it('that leaves parts to other documents, or has an image inside, is incomplete', () => {
    const needs = { spdxElementId: 'SPDXRef-a', relationshipType: 'DEPENDS_ON' };
    const relationships = [
      { ...needs, relatedSpdxElement: 'DocumentRef-other:SPDXRef-b' },
      { ...needs, relationshipType: 'COPY_OF', relatedSpdxElement: 'DocumentRef-other:SPDXRef-c' },
    ];
    const purl = { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:npm/a@1' };
    const image = { SPDXID: 'SPDXRef-i', name: 'i', downloadLocation: 'NONE', primaryPackagePurpose: 'CONTAINER' };
    const text = document({ relationships }, { externalRefs: [purl] });
    const { packages, ...rest } = JSON.parse(text) as { readonly packages: readonly object[] };
    const both = JSON.stringify({ ...rest, packages: [...packages, image] });
    assert.deepEqual(
      inventoryOf(readSbom(Buffer.from(both), 'a')).unknowns.map(({ reason }) => reason),
      [
        'it refers to 1 element of another document, which is not read',
        'packages[1] ("i") has no package URL, so that nothing can be matched with it',
        'the document lists no package of an operating system',
      ],
    );
  });

  const graph = (...elements: readonly object[]): string =>
    JSON.stringify({ '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': elements });

  it('of 3.0 that leaves parts to other documents is incomplete, and models and data sets are packages', () => {
    const element = { spdxId: 'urn:a', creationInfo: '_:c', type: 'ai_AIPackage', software_packageUrl: 'pkg:npm/a@1' };
    const to = ['urn:b', 'urn:a', 'NoAssertionElement'];
    const text = graph(element, {
      spdxId: 'urn:r',
      creationInfo: '_:c',
      type: 'Relationship',
      from: 'urn:a',
      relationshipType: 'contains',
      to,
    });
    const { packages, unknowns } = inventoryOf(readSbom(Buffer.from(text), 'a'));
    assert.deepEqual(
      [packages.length, unknowns[0]?.reason],
      [1, 'it refers to 1 element of another document, which is not read'],
    );
  });

  it('of 3.0 with an element inside another is refused: nobody would look there', () => {
    const inner = { spdxId: 'urn:p', creationInfo: '_:c', type: 'software_Package', name: 'a' };
    const sbom = { spdxId: 'urn:s', creationInfo: '_:c', type: 'software_Sbom', element: [inner] };
    assert.match(refusal(graph(sbom)), /^app\.spdx, @graph\[0\]\.element\[0\]: .*an element inside another$/);
  });

  it('of 3.0 is refused with the place of the fault', () => {
    const element = { spdxId: 'urn:a', creationInfo: '_:c', type: 'software_Package' };
    assert.match(refusal(graph({ ...element, spdxId: 1 })), /@graph\[0\]\.spdxId: /);
    assert.match(refusal(graph(element, element)), /@graph\[1\]\.spdxId: .*every spdxId once/);
    assert.match(
      refusal(graph({ ...element, verifiedUsing: [{ type: 'Hash', algorithm: 'sha0', hashValue: 'a' }] })),
      /verifiedUsing\[0\]\.algorithm: /,
    );
    const code = { type: 'PackageVerificationCode', algorithm: 'sha1', hashValue: 'ab' };
    assert.deepEqual(
      readSbom(Buffer.from(graph({ ...element, verifiedUsing: [code] })), 'a').components[0]?.hashes,
      [],
    );
    assert.match(refusal(graph({ ...element, verifiedUsing: [{ ...code, hashValue: null }] })), /\.hashValue: /);
    assert.match(refusal(graph({ ...element, type: 'Relationship', from: 'urn:a', to: [] })), /@graph\[0\]\.to: /);
    assert.match(refusal('{"@context":"https://example.org/other","@graph":[]}'), /@context: /);
  });
});
