import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { samplePackage, sampleReport } from '#test/samples/report.ts';
import { sbomValidator, spdx2Validator, spdx3Validator } from '#test/schemas.ts';
import { isSpdxExpression, licenceRefs } from '../../licences/expression.ts';
import { type ReadBack, sbomFormatContract } from '../contract.ts';
import { spdx } from './index.ts';

evidence('sbom/spdx', 'published', 'the JSON schemas of SPDX 2.3 and 3.0.1, and documents of the SPDX project');

interface Document {
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly comment?: string;
  readonly packages: readonly SpdxPackage[];
  readonly hasExtractedLicensingInfos: readonly { readonly licenseId: string; readonly extractedText: string }[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relationshipType: string;
    readonly relatedSpdxElement: string;
  }[];
  readonly annotations: readonly { readonly comment: string }[];
}

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly primaryPackagePurpose?: string;
  readonly licenseDeclared: string;
  readonly sourceInfo?: string;
  readonly checksums?: readonly unknown[];
  readonly externalRefs?: readonly { readonly referenceLocator: string }[];
  readonly annotations: readonly { readonly comment: string }[];
}

function readVersion2({ packages, relationships, documentNamespace }: Document): ReadBack {
  const references = relationships.flatMap(({ spdxElementId, relatedSpdxElement }) => [
    spdxElementId,
    relatedSpdxElement,
  ]);
  return {
    purls: packages.flatMap(({ SPDXID, externalRefs = [] }) =>
      SPDXID.startsWith('SPDXRef-Package-') ? externalRefs.map(({ referenceLocator }) => referenceLocator) : [],
    ),
    ids: packages.map(({ SPDXID }) => SPDXID),
    references: references.filter((reference) => !['SPDXRef-DOCUMENT', 'NOASSERTION'].includes(reference)),
    incomplete: references.includes('NOASSERTION'),
    document: documentNamespace,
  };
}

interface Graph {
  readonly '@graph': readonly Element[];
}

type Element = Readonly<Record<string, unknown>> & { readonly type: string; readonly spdxId: string };

function ofType({ '@graph': graph }: Graph, type: string): readonly Element[] {
  return graph.filter((element) => element.type === type);
}

function listed(element: Element, property: string): readonly string[] {
  return element[property] as readonly string[];
}

function readVersion3(graph: Graph): ReadBack {
  const packages = ofType(graph, 'software_Package');
  const contained = ofType(graph, 'Relationship').filter((each) => each['relationshipType'] === 'contains');
  return {
    purls: packages.flatMap(({ spdxId, software_packageUrl: purl }) =>
      spdxId.includes('#Package-') ? [String(purl)] : [],
    ),
    ids: packages.map(({ spdxId }) => spdxId),
    references: contained
      .flatMap(({ from, to }) => [String(from), ...(to as readonly string[])])
      .filter((reference) => reference !== 'NoAssertionElement'),
    incomplete: contained[0]?.['completeness'] === 'incomplete',
    document: ofType(graph, 'SpdxDocument')[0]?.spdxId.replace('#Document', '') ?? '',
  };
}

sbomFormatContract(spdx, {
  validator: sbomValidator,
  read: (document) =>
    '@graph' in (document as Graph) ? readVersion3(document as Graph) : readVersion2(document as Document),
});

function write(report: Report): Document {
  return JSON.parse(spdx.writers.spdx.write(report, { now: Date.parse('2026-08-21T12:00:00.250Z') })) as Document;
}

describe('the validators of SPDX', { skip: missing('shared-data') }, () => {
  it('accept the published examples of 2.3, and not what they are without a required member', () => {
    const isValid = spdx2Validator();
    const files = globSync([
      data('spec/spdx/2.3/examples/*.json'),
      data('spec/spdx/examples/**/spdx2.3/*.json'),
      data('spec/spdx/examples/presentations/**/*.json'),
    ]);
    let accepted = 0;
    for (const file of files) {
      const document = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
      accepted += isValid(document) ? 1 : 0;
      assert.ok(!isValid({ ...document, packages: [{ name: 'x' }] }), file);
      assert.ok(!isValid({ ...document, creationInfo: {} }), file);
    }
    assert.ok(accepted >= 5, `${accepted} of ${files.length}`);
  });

  it('accept the published examples of 3.0, and not what they are with an element that has no type', () => {
    const isValid = spdx3Validator();
    const files = globSync([data('spec/spdx/3.0/examples/*.json'), data('spec/spdx/examples/**/spdx3.0/*.json')]);
    assert.ok(files.length >= 10);
    for (const file of files) {
      const document = JSON.parse(readFileSync(file, 'utf8')) as Graph;
      assert.ok(isValid(document), file);
      assert.ok(!isValid({ ...document, '@graph': [...document['@graph'], { spdxId: 'urn:x' }] }), file);
    }
  });
});

describe('an SPDX document', () => {
  it('describes the image, which contains the operating system and every package', () => {
    const { image } = sampleReport();
    const document = write(
      sampleReport({ image: { ...image, source: 'registry', reference: 'docker.io/library/alpine:3.10' } }),
    );
    const [container, os, busybox] = document.packages;
    const hex = hexOf(digestOf('manifest'));
    assert.equal(container?.primaryPackagePurpose, 'CONTAINER');
    assert.deepEqual(container.checksums, [{ algorithm: 'SHA256', checksumValue: hex }]);
    assert.deepEqual(
      container.externalRefs?.map(({ referenceLocator }) => referenceLocator),
      [`pkg:oci/alpine@sha256:${hex}?arch=amd64&repository_url=docker.io%2Flibrary%2Falpine&tag=3.10`],
    );
    assert.deepEqual([os?.primaryPackagePurpose, os?.name, os?.versionInfo], ['OPERATING_SYSTEM', 'alpine', '3.10.9']);
    assert.deepEqual(
      [busybox?.name, busybox?.versionInfo, busybox?.licenseDeclared],
      ['busybox', '1.30.1-r5', 'GPL-2.0'],
    );
    assert.deepEqual(
      document.relationships.map(({ spdxElementId, relationshipType, relatedSpdxElement }) =>
        [spdxElementId, relationshipType, relatedSpdxElement].join(' '),
      ),
      [
        'SPDXRef-DOCUMENT DESCRIBES SPDXRef-Image',
        ...document.packages.slice(1).map(({ SPDXID }) => `SPDXRef-Image CONTAINS ${SPDXID}`),
      ],
    );
    assert.equal(document.comment, undefined);
    assert.deepEqual(document.annotations, []);
    assert.deepEqual(document.creationInfo, {
      created: '2026-08-21T12:00:00Z',
      creators: ['Tool: plimsoll-0.1.0'],
      licenseListVersion: '3.28',
    });
  });

  it('says of a package where it was found, what it was built from, and in which layer', () => {
    const sslClient = write(sampleReport()).packages.find(({ name }) => name === 'ssl_client');
    assert.equal(
      sslClient?.sourceInfo,
      'found by apk in /lib/apk/db/installed; built from the source package busybox 1.30.1-r5',
    );
    const layer = digestOf('base layer');
    assert.deepEqual(JSON.parse(sslClient.annotations[0]?.comment ?? ''), {
      name: 'ssl_client',
      version: '1.30.1-r5',
      source: { name: 'busybox', version: '1.30.1-r5' },
      architecture: 'x86_64',
      licenses: ['GPL-2.0'],
      cataloger: 'apk',
      layer,
      locations: [{ path: '/lib/apk/db/installed', layer }],
    });
  });

  it('says of what is only declared that nobody saw it installed', () => {
    const packages = sampleReport().packages.map((entry) => ({ ...entry, confidence: 'declared' }) as const);
    const report = sampleReport({ packages });
    const [first] = write(report).packages.filter(({ sourceInfo }) => sourceInfo !== undefined);
    assert.match(first?.sourceInfo ?? '', /^declared, not seen installed; read by /);
  });

  it('relates a language package to the OS package that its files belong to', () => {
    const owner = samplePackage('deb', 'python3-requests', '2.28.1+dfsg-1', null);
    const requests: Package = {
      ...samplePackage('pypi', 'requests', '2.28.1', null),
      locations: [
        { path: '/usr/lib/python3/dist-packages/requests-2.28.1.egg-info', layer: null, ownedBy: owner.purl },
        { path: '/usr/lib/python3/dist-packages/requests', layer: null, ownedBy: owner.purl },
        { path: '/elsewhere', layer: null, ownedBy: 'pkg:deb/debian/gone@1' },
      ],
    };
    const document = write(sampleReport({ packages: [owner, requests], findings: [] }));
    const [idOfOwner, idOfOwned] = document.packages.slice(2).map(({ SPDXID }) => SPDXID);
    const owned = document.relationships.filter(({ relationshipType }) => relationshipType === 'CONTAINED_BY');
    assert.deepEqual(
      owned.map(({ spdxElementId, relatedSpdxElement }) => [spdxElementId, relatedSpdxElement]),
      [[idOfOwned, idOfOwner]],
    );
  });

  it('says how much is unknown in its comment, and what in annotations', () => {
    const unknown = {
      kind: 'no-package-database',
      path: null,
      layer: null,
      analyser: 'inventory',
      reason: 'x',
    } as const;
    const document = write(sampleReport({ unknowns: [unknown, unknown] }));
    assert.match(document.comment ?? '', /^Incomplete: 2 unknown/);
    assert.deepEqual(
      document.annotations.map(({ comment }) => comment),
      ['unknown: no-package-database: x (inventory)', 'unknown: no-package-database: x (inventory)'],
    );
  });

  it('has identifiers of the letters that SPDX takes, which stay while a package stays in its place', () => {
    const before = write(sampleReport());
    const after = write(sampleReport({ packages: sampleReport().packages.slice(1), findings: [] }));
    const ids = new Set(before.packages.map(({ SPDXID }) => SPDXID));
    assert.ok(after.packages.every(({ SPDXID }) => ids.has(SPDXID)));
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        assert.ok(write(report).packages.every(({ SPDXID }) => /^SPDXRef-[A-Za-z0-9.-]{1,120}$/.test(SPDXID)));
      }),
    );
  });

  it('declares licences as expressions of listed licences and of names that it explains', () => {
    fc.assert(
      fc.property(arbitraryReport, ({ ...report }) => {
        const document = write(report);
        const explained = document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId);
        assert.equal(new Set(explained).size, explained.length);
        for (const { licenseDeclared } of document.packages) {
          assert.ok(licenseDeclared === 'NOASSERTION' || isSpdxExpression(licenseDeclared), licenseDeclared);
          assert.ok(licenceRefs(licenseDeclared).every((id) => explained.includes(id)));
        }
      }),
    );
  });
});

describe('an SPDX 3 document', () => {
  const write3 = (report: Report): Graph => JSON.parse(spdx.writers['spdx@3.0'].write(report, { now: 0 })) as Graph;

  it('lists every element once, and refers only to what is in it', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const graph = write3(report);
        const ids = graph['@graph'].flatMap(({ spdxId }) => spdxId ?? []);
        assert.equal(new Set(ids).size, ids.length);
        const [document] = ofType(graph, 'SpdxDocument');
        const [sbom] = ofType(graph, 'software_Sbom');
        assert.ok(document !== undefined && sbom !== undefined);
        const all = new Set(ids);
        assert.deepEqual(new Set([document.spdxId, ...listed(document, 'element')]), all);
        assert.ok(listed(sbom, 'element').every((id) => all.has(id)));
        for (const { subject } of ofType(graph, 'Annotation')) {
          assert.ok(all.has(String(subject)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('holds what the document of 2.3 holds', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const [old, graph] = [write(report), write3(report)];
        const packages = ofType(graph, 'software_Package');
        assert.deepEqual(
          packages.map((each) => [each['name'], each['software_packageVersion'], each['software_sourceInfo']]),
          old.packages.map(({ name, versionInfo, sourceInfo }) => [name, versionInfo, sourceInfo]),
        );
        const expressions = new Map(
          ofType(graph, 'simplelicensing_LicenseExpression').map((each) => [
            each.spdxId,
            each['simplelicensing_licenseExpression'],
          ]),
        );
        const declared = ofType(graph, 'Relationship').filter((each) => each['relationshipType'] !== 'contains');
        assert.deepEqual(
          declared.map(({ to }) => expressions.get((to as readonly string[])[0] ?? '')),
          old.packages.map((each) => each.licenseDeclared).filter((licence) => licence !== 'NOASSERTION'),
        );
        assert.deepEqual(
          ofType(graph, 'simplelicensing_SimpleLicensingText').map((each) => each['simplelicensing_licenseText']),
          old.hasExtractedLicensingInfos.map(({ extractedText }) => extractedText),
        );
        assert.equal(ofType(graph, 'SpdxDocument')[0]?.['comment'], old.comment);
        const statements = ofType(graph, 'Annotation').map(({ statement }) => statement);
        assert.deepEqual(
          statements,
          [...old.packages.flatMap(({ annotations }) => annotations), ...old.annotations].map(({ comment }) => comment),
        );
      }),
      { numRuns: 50 },
    );
  });
});
