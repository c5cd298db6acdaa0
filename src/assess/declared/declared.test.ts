import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { Evidence } from '#model/evidence.ts';
import { isSbomMismatch, type SbomMismatch } from '#model/finding.ts';
import type { Inventory } from '#model/inventory.ts';
import type { Report } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import { sampleReport } from '#test/samples/report.ts';
import type { AttestedSbom } from '../evidence.ts';
import { compareDeclared } from './index.ts';

const { image, os } = sampleReport();
const manifest = image.digest ?? digestOf('manifest');
const packages = sampleReport().packages.filter(({ type }) => type === 'apk');

function inventory(changes: Partial<Inventory> = {}): Inventory {
  return { os, packages, unknowns: [], databases: ['apk'], files: 1, executables: null, content: 'read', ...changes };
}

const HONEST = packages.map(({ purl }) => purl);

function bomOf(purls: readonly string[]): object {
  const components = purls.map((purl) => ({ type: 'library', name: 'x', purl }));
  return { bomFormat: 'CycloneDX', specVersion: '1.6', components };
}

interface Attesting {
  readonly trusted?: boolean;
  readonly subject?: Digest;
  readonly supersededBy?: Evidence['supersededBy'];
  readonly format?: string;
}

/** A document attested on the image. */
function attested(purls: readonly string[], about: Attesting = {}, predicate: object = bomOf(purls)): AttestedSbom {
  const { trusted = false, subject = manifest, supersededBy = null, format = 'sigstore-bundle' } = about;
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: subject.slice('sha256:'.length) } }],
    predicateType: 'https://cyclonedx.org/bom',
    predicate,
  };
  const evidence: Evidence = {
    subject,
    kind: 'attestation',
    format,
    route: 'referrers',
    attachment: digestOf(`attachment of ${JSON.stringify(purls)}`),
    blob: digestOf(JSON.stringify(purls)),
    predicateType: statement.predicateType,
    says: [],
    trusted,
    signed: true,
    claims: [],
    accepted: [],
    rejected: [],
    supersededBy,
  };
  return { evidence, statement: Buffer.from(JSON.stringify(statement)) };
}

async function compare(documents: readonly AttestedSbom[], changes: Partial<Inventory> = {}): Promise<Report> {
  const digests = (): never => assert.fail('no document has digests of files');
  const report = sampleReport({ findings: [] });
  return await compareDeclared(report, { inventory: inventory(changes), attested: documents, digests });
}

const mismatches = (report: Report): readonly SbomMismatch[] => report.findings.filter(isSbomMismatch);

describe('documents attested on an image', () => {
  it('count by whether a trusted signer vouches for them', async () => {
    const report = await compare([attested(HONEST.slice(1)), attested(HONEST.slice(2), { trusted: true })]);
    assert.deepEqual(
      mismatches(report).map(({ document, severity, package: { name } }) => [document, severity, name]),
      [
        [0, 'unknown', 'busybox'],
        [0, 'unknown', 'musl'],
        [1, 'low', 'busybox'],
      ],
    );
    assert.deepEqual(
      report.declarations?.map(({ trusted, mismatches: count, compared }) => [trusted, count, compared]),
      [
        [true, 2, 1],
        [false, 1, 2],
      ],
    );
  });

  it('by strangers take no room from those that are trusted', async () => {
    const many = Array.from({ length: LIMITS.sbomMismatches + 1 }, (_, index) => `pkg:apk/alpine/a${index}@1`);
    const report = await compare([attested([...many, ...HONEST]), attested(HONEST.slice(1), { trusted: true })]);
    assert.equal(mismatches(report).length, LIMITS.sbomMismatches);
    assert.deepEqual(
      report.declarations?.map(({ mismatches: count }) => count),
      [1, many.length],
    );
    assert.equal(mismatches(report)[0]?.severity, 'unknown');
  });

  it('that a newer word of the same signer replaces are not compared', async () => {
    const time = '2026-08-21T12:00:00.000Z';
    const newer = { attachment: digestOf('a'), blob: digestOf('b'), time, timeFrom: 'verified-time' } as const;
    const report = await compare([attested([], { supersededBy: newer }), attested(HONEST)]);
    assert.deepEqual([mismatches(report), report.declarations?.length], [[], 1]);
  });

  it('on the index speak for all of its images', async () => {
    const report = await compare([
      attested([...HONEST.slice(1), 'pkg:apk/alpine/other@1'], { subject: digestOf('index') }),
    ]);
    assert.deepEqual(
      mismatches(report).map(({ difference, package: { name } }) => `${difference} ${name}`),
      ['undeclared busybox'],
    );
    assert.equal(report.declarations?.[0]?.scope, 'index');
  });

  it('of a stage of the build, by BuildKit, are compared with nothing', async () => {
    const predicate = {
      spdxVersion: 'SPDX-2.3',
      SPDXID: 'SPDXRef-DOCUMENT',
      name: 'sbom-build',
      dataLicense: 'CC0-1.0',
      documentNamespace: 'https://example.org/sbom-build',
      creationInfo: { created: '2026-08-21T12:00:00Z', creators: ['Tool: syft'] },
      packages: [
        {
          SPDXID: 'SPDXRef-gcc',
          name: 'gcc',
          versionInfo: '13',
          downloadLocation: 'NONE',
          externalRefs: [
            { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:apk/alpine/gcc@13' },
          ],
        },
      ],
    };
    const stage = await compare([attested([], { format: 'buildkit-attestation' }, predicate)]);
    assert.deepEqual([mismatches(stage), stage.declarations?.[0]?.scope], [[], 'build']);
    const signed = await compare([attested([], {}, predicate)]);
    assert.equal(mismatches(signed).length, 1 + packages.length);
  });

  it('that cannot be read are not known, by the name of their blob', async () => {
    const broken = attested(['broken'], { trusted: true }, { bomFormat: 'CycloneDX', specVersion: '0.9' });
    const report = await compare([broken]);
    const [unknown, ...more] = report.unknowns;
    assert.deepEqual([unknown?.kind, unknown?.path, unknown?.analyser, more], ['unreadable', null, 'declared', []]);
    assert.ok(unknown?.reason.includes(broken.evidence.blob));
    assert.equal(report.declarations, undefined);
  });
});

describe('documents in an image', () => {
  const file = (path: string, content: object | string) => ({
    path,
    layer: digestOf('layer'),
    text: typeof content === 'string' ? content : JSON.stringify(content),
  });

  it('declare what they list and vouch for nothing', async () => {
    const documents = [
      file('/a.cdx.json', bomOf(HONEST.slice(1))),
      file('/b.cdx.json', bomOf(['pkg:apk/alpine/gone@1'])),
    ];
    const report = await compare([], { documents });
    assert.deepEqual(
      mismatches(report).map(({ document, difference, severity, title }) => [document, difference, severity, title]),
      [[1, 'absent', 'low', 'gone 1 is declared by /b.cdx.json and not in the image']],
    );
    assert.deepEqual(
      report.declarations?.map(({ from, path, layer, trusted, types }) => [from, path, layer, trusted, types]),
      [
        ['file', '/a.cdx.json', digestOf('layer'), false, []],
        ['file', '/b.cdx.json', digestOf('layer'), false, []],
      ],
    );
  });

  it('that cannot be read are not known, by their path', async () => {
    const documents = [file('/a.cdx.json', '{"bomFormat":"CycloneDX"}'), file('/b.spdx.json', '')];
    const { unknowns } = await compare([], { documents });
    assert.deepEqual(
      unknowns.map(({ path, layer, reason }) => [path, layer, /SBOM document/.test(reason)]),
      [
        ['/a.cdx.json', digestOf('layer'), true],
        ['/b.spdx.json', digestOf('layer'), true],
      ],
    );
  });

  it('are so many and no more', async () => {
    const documents = Array.from({ length: LIMITS.sbomDocuments + 2 }, (_, index) => file(`/${index}.cdx.json`, '{}'));
    const { unknowns } = await compare([], { documents });
    assert.equal(unknowns.length, LIMITS.sbomDocuments + 1);
    assert.match(unknowns.at(-1)?.reason ?? '', /^expected at most 4096 SBOM documents in the image, found 4098/);
  });
});

describe('what could not be read', () => {
  const unread = (changes: Partial<Unknown>): Unknown => {
    return { kind: 'unreadable', path: '/x', layer: null, analyser: 'apk', reason: 'cut off', ...changes };
  };
  const cases: readonly (readonly [what: string, unknown: Unknown, expected: number])[] = [
    ['the database itself hides packages of its type', unread({}), 0],
    ['a layer hides all', unread({ kind: 'integrity', path: null, analyser: 'integrity' }), 0],
    ['a file of another kind hides none', unread({ analyser: 'npm' }), 1],
    ['old advisories hide none', unread({ kind: 'stale-advisories', path: null, analyser: 'advisories' }), 1],
  ];
  for (const [what, unknown, expected] of cases) {
    it(what, async () => {
      const report = await compare([attested([...HONEST, 'pkg:apk/alpine/gone@1'])], { unknowns: [unknown] });
      assert.equal(mismatches(report).length, expected);
    });
  }
});
