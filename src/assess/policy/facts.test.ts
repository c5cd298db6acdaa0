import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { AcceptedSignature, Evidence } from '#model/evidence.ts';
import { factsSchema } from '#model/facts-schema.ts';
import type { Report } from '#model/report.ts';
import { sampleReport } from '#test/samples/report.ts';
import { factsOf } from './facts.ts';

const image = digestOf('manifest');

function changed(image: Partial<Report['image']>, labels: Readonly<Record<string, string>> = {}): Report {
  const report = sampleReport();
  const { config } = report.image;
  assert.ok(config !== null);
  return { ...report, image: { ...report.image, config: { ...config, labels }, ...image } };
}

const accepted: AcceptedSignature = {
  signer: 'release',
  operator: 'acme',
  identity: { kind: 'key', name: 'SHA256:abc', issuer: null },
  times: [
    { source: 'transparency-log', time: '2026-08-03T00:00:00.000Z', authority: 'a' },
    { source: 'timestamp-authority', time: '2026-08-02T00:00:00Z', authority: 'b' },
  ],
  logs: [],
  notes: [],
};

function evidenceOf(changes: Partial<Evidence>): Evidence {
  return {
    subject: image,
    kind: 'attestation',
    format: 'sigstore-bundle',
    route: 'referrers',
    attachment: digestOf('attachment'),
    blob: digestOf('blob'),
    predicateType: 'https://slsa.dev/provenance/v1',
    says: [],
    trusted: true,
    signed: true,
    claims: [],
    accepted: [accepted],
    rejected: [],
    supersededBy: null,
    ...changes,
  };
}

const NO_STATES = { builder: '', buildType: '', source: '', result: '', levels: [], images: [] };
const BASE = { name: 'pkg:docker/alpine@3.20', digest: digestOf('base image') };
const provenance = evidenceOf({
  states: {
    ...NO_STATES,
    builder: 'https://builder.example',
    levels: [{ signer: 'release', level: 3 }],
    images: [BASE],
  },
});
const LOOKED = { configuration: null, verification: null, problems: [], notLookedAt: null };

describe('facts of a report', () => {
  it('fit the schema and have a canonical form', () => {
    const facts = factsOf(sampleReport(), []);
    assert.deepEqual(factsSchema.parse(facts), facts);
    assert.equal(facts.image.created, '2026-08-01T10:00:00.000Z');
    assert.equal(facts.image.size, 2_713_856 + 9_437_184 + 1_048_576);
    assert.deepEqual(
      facts.packages.map(({ purl }) => purl),
      facts.packages.map(({ purl }) => purl).toSorted(),
    );
    assert.equal(facts.findings.length, 5);
  });

  it('have a canonical form where an image holds half of a character', () => {
    const facts = factsOf(changed({ reference: 'a\ud800' }, { 'b\udc00': '\ud800' }), []);
    assert.equal(facts.image.reference, 'a\ufffd');
    assert.deepEqual(facts.image.labels, { 'b\ufffd': '\ufffd' });
    assert.ok(canonicalJson(facts).length > 0);
  });

  it('tell a size only where that of every layer is known', () => {
    const { layers } = sampleReport().image;
    const unknown = layers.map((layer, index) => (index === 1 ? { ...layer, size: null } : layer));
    assert.equal(factsOf(changed({ layers: unknown }), []).image.size, null);
  });

  it('take times of one form, and none that are none', () => {
    for (const [created, expected] of [
      ['2026-08-01T10:00:00.123456789+02:00', '2026-08-01T08:00:00.123Z'],
      ['yesterday', null],
      ['+275000-01-01T00:00:00Z', null],
      ['0001-01-01T00:00:00Z', null],
    ] as const) {
      const { config } = sampleReport().image;
      assert.ok(config !== null);
      assert.equal(factsOf(changed({ config: { ...config, created } }), []).image.created, expected);
    }
  });

  it('say what VEX excepts, of the finding and package that it names alone', () => {
    const report = sampleReport();
    const [finding] = report.findings;
    assert.ok(finding?.kind === 'vulnerability');
    const exception = {
      finding: finding.id,
      package: finding.package.purl,
      status: 'not_affected',
      justification: 'component_not_present',
      explanation: null,
      author: 'us',
      document: 'd',
      since: null,
      expires: '2027-01-01T00:00:00Z',
      from: { kind: 'file', name: 'f', digest: image },
    } as const;
    const facts = factsOf({ ...report, exceptions: [exception] }, []);
    const excepted = facts.findings.filter((one) => one.excepted !== null);
    assert.deepEqual(
      excepted.map(({ id, excepted: by }) => [id, by?.expires]),
      [[finding.id, '2027-01-01T00:00:00.000Z']],
    );
  });

  it('take an end of an exception that is none for one that is over', () => {
    const report = sampleReport();
    const [finding] = report.findings;
    assert.ok(finding?.kind === 'vulnerability');
    for (const [expires, expected] of [
      ['soon', '1970-01-01T00:00:00.000Z'],
      ['1969-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
      [null, null],
    ] as const) {
      const exception = {
        finding: finding.id,
        package: finding.package.purl,
        status: 'not_affected',
        justification: null,
        explanation: null,
        author: 'us',
        document: 'd',
        since: null,
        expires,
        from: { kind: 'file', name: 'f', digest: image },
      } as const;
      const { findings } = factsOf({ ...report, exceptions: [exception] }, []);
      const ends = findings.flatMap(({ excepted }) => (excepted === null ? [] : [excepted.expires]));
      assert.deepEqual(ends, [expected]);
    }
  });

  it('tell no layers above one that is not known, and none that only a document says', () => {
    const report = sampleReport();
    const { layers } = report.image;
    const diffIds = layers.map(({ diffId }) => diffId);
    assert.ok(diffIds.length > 1);
    assert.deepEqual(factsOf(report, []).image.layers, diffIds);
    for (const hidden of layers.keys()) {
      const some = layers.map((layer, index) => (index === hidden ? { ...layer, diffId: null } : layer));
      assert.deepEqual(factsOf(changed({ layers: some }), []).image.layers, diffIds.slice(0, hidden));
    }
    assert.deepEqual(factsOf({ ...report, content: 'declared' }, []).image.layers, []);
  });

  it('tell how long something is supported by the first instant after the last day', () => {
    const entry = {
      product: 'debian',
      release: '12',
      codename: null,
      released: null,
      endOfLife: '2026-06-10',
      extendedUntil: null,
      ended: false,
      latest: null,
      package: null,
      status: 'ended',
    } as const;
    const [lifecycle] = factsOf(sampleReport({ lifecycle: [entry] }), []).lifecycle;
    assert.equal(lifecycle?.endOfLife, '2026-06-11T00:00:00.000Z');
  });

  it('tell when advisories are too old to stand for today, and of dates of support never', () => {
    const report = sampleReport();
    const [first] = report.advisories;
    assert.ok(first !== undefined);
    const dates = { ...first, newest: '2026-08-01T00:00:00.000Z', count: 3 };
    const facts = factsOf({ ...report, advisories: [dates, { ...dates, ecosystem: 'Lifecycle' }] }, []);
    assert.deepEqual(
      facts.advisories.map(({ staleFrom }) => staleFrom),
      ['2026-08-31T00:00:00.001Z', null],
    );
  });

  it('name where a package was got, by its installer or the most exact qualifier of its package URL', () => {
    const report = sampleReport();
    const [item] = report.packages;
    assert.ok(item !== undefined);
    const purls = [
      'pkg:npm/a@1?repository_url=https:%2F%2Fr.example',
      'pkg:npm/b@1?download_url=https:%2F%2Fd.example&repository_url=https:%2F%2Fr.example',
      'pkg:npm/c@1',
      'not a purl_url=',
    ];
    const origin = 'https://npm.acme.example/e.tgz';
    const said = { ...item, purl: 'pkg:npm/e@1?repository_url=https:%2F%2Fr.example', origin };
    const facts = factsOf({ ...report, packages: [said, ...purls.map((purl) => ({ ...item, purl }))] }, []);
    assert.deepEqual(facts.packages.map(({ origin }) => origin).toSorted(), [
      '',
      '',
      'https://d.example',
      origin,
      'https://r.example',
    ]);
  });
});

describe('facts of evidence', () => {
  it('are what is accepted, by each signer, with the earliest time that somebody vouches for', () => {
    const other = { ...accepted, signer: 'other', times: [] };
    const report = sampleReport({
      evidence: [
        { ...provenance, accepted: [accepted, other] },
        evidenceOf({ kind: 'signature', predicateType: null }),
      ],
      trust: LOOKED,
    });
    const { statements, signatures, looked, complete, verification } = factsOf(report, []).evidence;
    assert.deepEqual([looked, complete, verification], [true, true, 'none']);
    assert.deepEqual(
      statements.map(({ signer, level, builder, time }) => [signer, level, builder, time]),
      [
        ['release', 3, 'https://builder.example', '2026-08-02T00:00:00.000Z'],
        ['other', 0, 'https://builder.example', null],
      ],
    );
    assert.equal(signatures.length, 1);
  });

  it('hold nothing of what is not accepted, whatever it says', () => {
    const rejected = { ...provenance, trusted: false, accepted: [] };
    const facts = factsOf(sampleReport({ evidence: [rejected], trust: LOOKED }), []);
    assert.deepEqual([facts.evidence.statements, facts.evidence.signatures], [[], []]);
    assert.equal(facts.base.claimedBy, null);
  });

  it('say that nobody looked, or that something could not be read', () => {
    const route = 'referrers' as const;
    const problem = { subject: image, route, attachment: null, code: 'X', reason: 'y' };
    for (const [trust, looked, complete] of [
      [undefined, false, false],
      [{ ...LOOKED, notLookedAt: 'no place for it' }, false, false],
      [{ ...LOOKED, problems: [problem] }, true, false],
    ] as const) {
      const { evidence } = factsOf(sampleReport(trust === undefined ? {} : { trust }), []);
      assert.deepEqual([evidence.looked, evidence.complete], [looked, complete]);
    }
  });
});

describe('the base', () => {
  const LABELS = {
    'org.opencontainers.image.base.name': 'docker.io/library/alpine:3.20',
    'org.opencontainers.image.base.digest': digestOf('labelled'),
  };

  it('is that of accepted provenance before that of labels', () => {
    const labelled = changed({}, LABELS);
    assert.deepEqual(factsOf(labelled, []).base, {
      name: 'docker.io/library/alpine:3.20',
      digest: digestOf('labelled'),
      claimedBy: 'label',
    });
    assert.deepEqual(factsOf({ ...labelled, evidence: [provenance] }, []).base, { ...BASE, claimedBy: 'provenance' });
  });

  it('is not guessed where several images went into the build', () => {
    const two = evidenceOf({ states: { ...NO_STATES, images: [BASE, { name: 'pkg:docker/golang@1', digest: null }] } });
    assert.equal(factsOf({ ...changed({}), evidence: [two] }, []).base.claimedBy, null);
  });

  it('has no digest where the label has none', () => {
    const { base } = factsOf(changed({}, { ...LABELS, 'org.opencontainers.image.base.digest': 'sha256:1' }), []);
    assert.deepEqual([base.digest, base.claimedBy], [null, 'label']);
  });
});
