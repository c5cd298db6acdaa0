import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { digestOf, hexOf } from '#base/digest.ts';
import { canonicalDigest } from '#base/json/canonical.ts';
import { SEVERITIES } from '#model/advisory.ts';
import { type SourcedException, withoutSource } from '#model/exception.ts';
import { FAIL_LEVELS } from '#model/gate.ts';
import { GATE_DECISIONS } from '#model/gate-verdict.ts';
import { gateVerdictSchema } from '#model/gate-verdict-schema.ts';
import type { LifecycleRelease } from '#model/lifecycle.ts';
import type { Report } from '#model/report.ts';
import { missing } from '#test/prerequisites.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { sampleReport } from '#test/samples/report.ts';
import { openvexValidator } from '#test/schemas.ts';
import { judge } from '../gate.ts';
import { gateBasis, policyOf } from './gate-policy.ts';
import { composeVex } from './openvex.ts';
import { composeSummary } from './summary.ts';
import { composeVerdict, type JudgedReport } from './verdict.ts';
import { composeVulnerabilityReport } from './vulnerability-report.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const REPOSITORY = 'registry.example/team/app';
const digest = digestOf('manifest');
const policy = policyOf({ failOn: 'high', allowUnknown: undefined }, []);
const parts = { repository: REPOSITORY, digest, policy, inputs: [], now: NOW };

function judged(report: Report, allowUnknown?: string): JudgedReport {
  return { ...report, gate: judge(report.findings, report.unknowns, 'high', allowUnknown) };
}

const clean = sampleReport({ findings: [] });
const release: LifecycleRelease = {
  product: 'alpine-linux',
  release: '3.20',
  codename: null,
  released: '2024-05-22',
  endOfLife: '2026-08-30',
  extendedUntil: null,
  ended: false,
  latest: null,
};
const unknown = {
  kind: 'unreadable',
  path: '/x',
  layer: null,
  analyser: 'apk',
  reason: 'broken',
} as const;

const excepted: SourcedException = {
  finding: 'CVE-2026-1',
  package: 'pkg:apk/alpine/musl@1.2.5-r0',
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
  explanation: null,
  author: 'security',
  document: 'https://vex.example/1',
  from: { kind: 'file', name: 'vex.json', digest: digestOf('vex.json') },
  since: '2026-08-01T00:00:00.000Z',
  expires: null,
};

describe('the verdict', () => {
  test('passes, passes with reservations, refuses, or is none', () => {
    const decide = (report: JudgedReport): unknown => composeVerdict(report, parts).decision;
    assert.equal(decide(judged(clean)), 'pass');
    assert.equal(decide(judged({ ...clean, exceptions: [excepted] })), 'warn');
    assert.equal(decide(judged({ ...clean, unknowns: [unknown] }, 'known')), 'warn');
    assert.equal(decide(judged({ ...clean, unknowns: [unknown] })), 'error');
    assert.equal(decide(judged(sampleReport())), 'refuse');
  });

  test('counts what is excepted among the findings, and says so', () => {
    const verdict = composeVerdict(judged({ ...clean, exceptions: [excepted], unknowns: [unknown] }, 'known'), parts);
    assert.equal(verdict.counts.excepted, 1);
    assert.deepEqual(verdict.exceptions, [withoutSource(excepted)]);
    assert.deepEqual(verdict.reasons, [
      'no finding is rated high or worse',
      '1 finding is excepted',
      '1 thing is not known, allowed: known',
    ]);
    const { counts } = composeVerdict(judged(sampleReport()), parts);
    assert.equal(
      SEVERITIES.reduce((sum, severity) => sum + counts.findings[severity], 0),
      sampleReport().findings.length,
    );
  });

  test('holds until the oldest advisories get too old, or an exception ends', () => {
    const advisories = sampleReport().advisories.map((one) => ({ ...one, stale: false }));
    const [first] = advisories;
    assert.ok(first !== undefined);
    const aged = [
      { ...first, newest: '2026-08-20T00:00:00.000Z' },
      { ...first, newest: '2026-08-10T00:00:00.000Z' },
      { ...first, newest: '2026-01-01T00:00:00.000Z', stale: true },
      { ...first, newest: null },
    ];
    const until = (more: Partial<Report>): unknown =>
      composeVerdict(judged({ ...clean, advisories: aged, ...more }), parts).validUntil;
    assert.equal(until({}), '2026-09-09T00:00:00.001Z');
    assert.equal(
      until({ exceptions: [{ ...excepted, expires: '2026-09-01T00:00:00.000Z' }] }),
      '2026-09-01T00:00:00.000Z',
    );
    const ending = { ...release, package: null, status: 'supported' } as const;
    const dates = { ...first, ecosystem: 'Lifecycle', newest: '2020-01-01T00:00:00.000Z' };
    assert.equal(until({ lifecycle: [ending], advisories: [...aged, dates] }), '2026-08-31T00:00:00.000Z');
    assert.equal(until({ lifecycle: [{ ...ending, extendedUntil: '2026-10-01' }] }), '2026-09-09T00:00:00.001Z');
    assert.equal(until({ lifecycle: [{ ...ending, status: 'ended' }], advisories: [] }), null);
    assert.equal(until({ advisories: [] }), null);
    assert.equal(until({ findings: sampleReport().findings }), null);
  });

  test('names a policy that can be computed anew', () => {
    const documents = [digestOf('b'), digestOf('a')];
    const asked = policyOf({ failOn: 'low', allowUnknown: 'x' }, documents);
    assert.equal(asked.digest, canonicalDigest(asked.gate));
    assert.equal(asked.digest, policyOf({ failOn: 'low', allowUnknown: 'x' }, documents.toReversed()).digest);
    assert.notEqual(asked.digest, policyOf({ failOn: 'low', allowUnknown: 'x' }, []).digest);
    assert.notEqual(asked.digest, policyOf({ failOn: 'high', allowUnknown: 'x' }, documents).digest);
  });

  test('of any report has the published form', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const { data } = gateVerdictSchema.safeParse(composeVerdict(judged(report), parts));
        assert.ok(data !== undefined);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the verification summary', () => {
  const compose = (
    decisions: readonly (typeof GATE_DECISIONS)[number][],
    failOn: (typeof FAIL_LEVELS)[number] = 'high',
  ) =>
    composeSummary({
      tool: clean.tool,
      repository: REPOSITORY,
      decisions,
      by: gateBasis(policyOf({ failOn, allowUnknown: undefined }, []), decisions),
      inputs: [digestOf('bundle')],
      now: NOW,
    }) as Readonly<Record<string, unknown>>;

  test('has what its specification asks for', () => {
    assert.deepEqual(compose(['pass']), {
      verifier: { id: 'https://plimsoll.dev/verifier/scan/v1', version: { plimsoll: '0.1.0' } },
      timeVerified: '2026-08-21T12:00:00.000Z',
      resourceUri: 'pkg:oci/app?repository_url=registry.example%2Fteam%2Fapp',
      policy: { uri: 'https://plimsoll.dev/policy/gate/v1', digest: { sha256: hexOf(policy.digest) } },
      inputAttestations: [{ digest: { sha256: hexOf(digestOf('bundle')) } }],
      verificationResult: 'PASSED',
      verifiedLevels: [
        'SLSA_BUILD_LEVEL_UNEVALUATED',
        'PLIMSOLL_GATE_CRITICAL',
        'PLIMSOLL_GATE_HIGH',
        'PLIMSOLL_UNCONDITIONAL',
      ],
      slsaVersion: '1.0',
    });
  });

  test('passes when every platform does, and with none it fails', () => {
    const one = fc.array(fc.constantFrom(...GATE_DECISIONS), { maxLength: 5 });
    fc.assert(
      fc.property(one, (decisions) => {
        const { verificationResult, verifiedLevels } = compose(decisions);
        const passes = decisions.length > 0 && decisions.every((decision) => ['pass', 'warn'].includes(decision));
        assert.equal(verificationResult, passes ? 'PASSED' : 'FAILED');
        assert.equal((verifiedLevels as readonly string[]).includes('FAILED'), !passes);
      }),
    );
  });

  test('a refusal is FAILED, at no level', () => {
    const { verificationResult, verifiedLevels } = compose(['refuse']);
    assert.deepEqual([verificationResult, verifiedLevels], ['FAILED', ['FAILED']]);
  });

  test('who passes a level passes those above it, and reservations are no level', () => {
    const { verifiedLevels } = compose(['pass', 'warn'], 'any');
    assert.deepEqual(verifiedLevels, [
      'SLSA_BUILD_LEVEL_UNEVALUATED',
      ...FAIL_LEVELS.map((level) => `PLIMSOLL_GATE_${level.toUpperCase()}`),
    ]);
    const critical = compose(['pass'], 'critical')['verifiedLevels'] as readonly string[];
    assert.ok(!critical.includes('PLIMSOLL_GATE_HIGH'));
  });
});

describe('the OpenVEX document', () => {
  const vexOf = (exceptions: readonly SourcedException[], repository: string | null = REPOSITORY): object | null =>
    composeVex({ ...clean, exceptions }, { repository, digest, now: NOW });

  test('is none when nothing is excepted', () => {
    assert.equal(vexOf([]), null);
    assert.equal(composeVex(clean, { repository: REPOSITORY, digest, now: NOW }), null);
  });

  test('holds one statement for all packages that it is about, and the same identifier for the same image', () => {
    const other = { ...excepted, package: 'pkg:apk/alpine/musl-utils@1.2.5-r0' };
    assert.deepEqual(vexOf([excepted, other]), {
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': `https://plimsoll.dev/vex/${digest}`,
      author: 'plimsoll',
      timestamp: '2026-08-21T12:00:00.000Z',
      version: NOW / 1000,
      tooling: 'plimsoll 0.1.0',
      statements: [
        {
          vulnerability: { name: 'CVE-2026-1' },
          timestamp: '2026-08-01T00:00:00.000Z',
          products: [
            {
              '@id': `pkg:oci/app@${digest}?repository_url=registry.example%2Fteam%2Fapp`,
              hashes: { 'sha-256': hexOf(digest) },
              subcomponents: [{ '@id': excepted.package }, { '@id': other.package }],
            },
          ],
          status: 'not_affected',
          status_notes: 'as security says in https://vex.example/1',
          justification: 'vulnerable_code_not_present',
        },
      ],
    });
  });

  test('fits the published schema, whatever the author wrote', { skip: missing('shared-data') }, () => {
    const validate = openvexValidator();
    const exception = fc.record({
      finding: fc.constantFrom('CVE-2026-1', 'CVE-2026-2'),
      package: fc.constantFrom('pkg:apk/alpine/musl@1', 'pkg:apk/alpine/zlib@1'),
      status: fc.constantFrom('not_affected', 'fixed'),
      justification: fc.constantFrom('component_not_present', 'because', null),
      explanation: fc.option(fc.string(), { nil: null }),
      author: fc.string(),
      document: fc.string(),
      since: fc.constantFrom('2026-08-01T00:00:00.000Z', null),
      expires: fc.constant(null),
      from: fc.constant(excepted.from),
    }) satisfies fc.Arbitrary<SourcedException>;
    fc.assert(
      fc.property(fc.uniqueArray(exception, { minLength: 1, maxLength: 5 }), (exceptions) => {
        // What says neither is refused when it is read.
        const said = exceptions.map((one) =>
          one.justification === null && one.explanation === null ? { ...one, explanation: 'x' } : one,
        );
        assert.ok(validate(vexOf(said, null)), JSON.stringify([validate.errors, vexOf(said)]));
      }),
    );
  });
});

test('the vulnerability report holds the report of the scan, without what hangs on the image', () => {
  const report = judged({
    ...sampleReport(),
    trust: { configuration: null, verification: null, problems: [], notLookedAt: 'no' },
  });
  const document = composeVulnerabilityReport(report, { started: NOW, finished: NOW + 1500 }) as {
    readonly scanner: { readonly db: Readonly<Record<string, unknown>>; readonly result: Report };
    readonly metadata: unknown;
    readonly invocation: unknown;
  };
  assert.deepEqual(document.metadata, {
    scanStartedOn: '2026-08-21T12:00:00.000Z',
    scanFinishedOn: '2026-08-21T12:00:01.500Z',
  });
  assert.deepEqual(document.invocation, {
    parameters: ['--fail-on=high'],
    uri: '',
    event_id: '',
    'builder.id': '',
  });
  const { result, db } = document.scanner;
  assert.deepEqual(result.findings, report.findings);
  assert.deepEqual([result.evidence, result.trust], [[], undefined]);
  assert.equal(db['lastUpdate'], report.advisories.flatMap(({ newest }) => newest ?? []).toSorted()[0]);
});
