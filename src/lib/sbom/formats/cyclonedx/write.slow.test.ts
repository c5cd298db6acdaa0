import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isVulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { sampleReport } from '#test/samples/report.ts';
import { cyclonedxValidator, sbomValidator } from '#test/schemas.ts';
import { inventoryOf } from '../../inventory.ts';
import { readSbom } from '../../read.ts';
import { sbomFormatContract } from '../contract.ts';
import { cyclonedx } from './index.ts';
import { writeBom } from './write.ts';

evidence(
  'sbom/cyclonedx',
  'published',
  'the JSON schemas of CycloneDX 1.5, 1.6 and 1.7, and the valid and invalid samples of 1.6',
);

const skip = missing('shared-data');
const unknown = {
  kind: 'unreadable',
  path: '/app/package.json',
  layer: null,
  analyser: 'npm',
  reason: 'not valid JSON',
} as const;

const options = { now: Date.parse('2026-08-21T12:00:00Z') };

type Component = Record<string, unknown> & { readonly 'bom-ref': string };

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly vulnerabilities?: readonly {
    readonly id: string;
    readonly affects: readonly { readonly ref: string }[];
    readonly recommendation?: string;
    readonly ratings: readonly Record<string, unknown>[];
  }[];
  readonly compositions?: unknown;
  readonly properties?: unknown;
}

function write(report: Report): Bom {
  return JSON.parse(writeBom(report, '1.6', options)) as Bom;
}

function identityOf(component: Component | undefined): unknown {
  const evidence = component?.['evidence'];
  assert.ok(typeof evidence === 'object' && evidence !== null);
  return new Map(Object.entries(evidence)).get('identity');
}

sbomFormatContract(cyclonedx, {
  validator: sbomValidator,
  read: (document) => {
    const { metadata, components, vulnerabilities = [], compositions, serialNumber } = document as Bom;
    return {
      purls: components.filter(({ type }) => type === 'library').map(({ purl }) => String(purl)),
      ids: [metadata.component, ...components].map((component) => component['bom-ref']),
      references: vulnerabilities.flatMap(({ affects }) => affects.map(({ ref }) => ref)),
      incomplete: compositions !== undefined,
      document: serialNumber,
    };
  },
});

describe('the validator', { skip }, () => {
  const samples = skip === false ? readdirSync(data('spec/cyclonedx/1.6')) : [];

  it('accepts the published valid samples and refuses the invalid ones', () => {
    const isValid = cyclonedxValidator();
    const judged = { valid: 0, invalid: 0 };
    for (const name of samples) {
      const expected = name.startsWith('valid-');
      const sample: unknown = JSON.parse(readFileSync(data(`spec/cyclonedx/1.6/${name}`), 'utf8'));
      assert.equal(isValid(sample), expected, name);
      judged[expected ? 'valid' : 'invalid'] += 1;
    }
    assert.ok(judged.valid >= 40 && judged.invalid >= 20, JSON.stringify(judged));
  });
});

describe('a CycloneDX document', () => {
  it('gives every reference once, and refers to nothing else', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const bom = write(report);
        const refs = bom.components.map((component) => component['bom-ref']);
        assert.equal(new Set(refs).size, refs.length);
        for (const { affects } of bom.vulnerabilities ?? []) {
          assert.ok(affects.every(({ ref }) => refs.includes(ref)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lists every package and links every finding to it', () => {
    const report = sampleReport();
    const bom = write(report);
    const libraries = bom.components.filter((component) => component['type'] === 'library');
    assert.deepEqual(
      libraries.map((component) => component['purl']),
      report.packages.map((entry) => entry.purl),
    );
    assert.deepEqual(
      bom.vulnerabilities?.map(({ id, affects }) => [id, affects.map(({ ref }) => ref)]),
      report.findings.map((finding) => [finding.id, [finding.package.purl]]),
    );
    const lodash = bom.vulnerabilities?.find(({ id }) => id === 'CVE-2019-10744');
    assert.equal(lodash?.recommendation, 'Upgrade lodash to 4.17.12');
    assert.equal(bom.compositions, undefined);
  });

  it('says how sure it is of what is not installed for sure, and reads it back', () => {
    const [entry] = sampleReport().packages;
    assert.ok(entry !== undefined);
    const report = sampleReport({
      packages: [
        {
          ...entry,
          confidence: 'declared',
          cpe: 'cpe:2.3:a:b:c:1:*:*:*:*:*:*:*',
          released: '2026-01-01T00:00:00.000Z',
          origin: 'https://a.example/b',
        },
      ],
    });
    const identity = {
      field: 'purl',
      confidence: 0.5,
      methods: [{ technique: 'manifest-analysis', confidence: 0.5 }],
    };
    for (const [version, expected] of [
      ['1.5', identity],
      ['1.6', [identity]],
      ['1.7', [identity]],
    ] as const) {
      const text = writeBom(report, version, options);
      const component: Component | undefined = (JSON.parse(text) as Bom).components.find(
        ({ purl }) => purl === entry.purl,
      );
      assert.deepEqual(identityOf(component), expected);
      const [read] = inventoryOf(readSbom(Buffer.from(text), 'app.json')).packages;
      assert.deepEqual(
        [read?.confidence, read?.cpe, read?.released, read?.origin],
        ['declared', 'cpe:2.3:a:b:c:1:*:*:*:*:*:*:*', '2026-01-01T00:00:00.000Z', 'https://a.example/b'],
      );
    }
    assert.equal(identityOf(write(sampleReport()).components.at(-1)), undefined);
  });

  it('says that it is incomplete as soon as one thing is unknown', () => {
    const bom = write(sampleReport({ unknowns: [unknown] }));
    assert.deepEqual(bom.compositions, [{ aggregate: 'incomplete', assemblies: ['image'] }]);
    assert.deepEqual(bom.properties, [
      { name: 'plimsoll:unknown', value: 'unreadable: /app/package.json: not valid JSON (npm)' },
    ]);
  });

  it('has no vulnerabilities, not even none, when nothing was matched', () => {
    assert.equal(write(sampleReport({ kind: 'inventory', findings: [] })).vulnerabilities, undefined);
    assert.deepEqual(write(sampleReport({ findings: [] })).vulnerabilities, []);
  });

  it('tells CVSS 3.1 from 3.0 by the vector', () => {
    const [finding] = sampleReport().findings.filter(isVulnerability);
    assert.ok(finding !== undefined);
    const scales = [
      ['CVSS_V2', 'AV:N/AC:L/Au:N/C:P/I:P/A:P', 'CVSSv2'],
      ['CVSS_V3', 'CVSS:3.0/AV:N', 'CVSSv3'],
      ['CVSS_V3', 'CVSS:3.1/AV:N', 'CVSSv31'],
      ['CVSS_V4', 'CVSS:4.0/AV:N', 'CVSSv4'],
      ['RustSec', '', 'other'],
    ] as const;
    const ratings = scales.map(([scale, vector]) => ({ severity: 'high' as const, scale, vector, source: 'x' }));
    const bom = write(sampleReport({ findings: [{ ...finding, ratings }] }));
    assert.deepEqual(
      bom.vulnerabilities?.[0]?.ratings.map((rating) => rating['method']),
      scales.map(([, , method]) => method),
    );
  });

  it('names an image of a registry by its purl', () => {
    const { image } = sampleReport();
    const bom = write(
      sampleReport({ image: { ...image, source: 'registry', reference: 'docker.io/library/alpine:3.10' } }),
    );
    const hex = digestOf('manifest');
    assert.equal(
      bom.metadata.component['purl'],
      `pkg:oci/alpine@${hex}?arch=amd64&repository_url=docker.io%2Flibrary%2Falpine&tag=3.10`,
    );
  });
});
