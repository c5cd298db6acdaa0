import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predicateReaderContract } from '../contract.ts';
import type { VulnerabilityPredicate } from '../predicate.ts';
import { vulnerabilities } from './index.ts';

const TYPE = 'https://in-toto.io/attestation/vulns/v0.2';
const EXAMPLE = {
  scanner: {
    uri: 'pkg:github/example/scanner',
    version: '1.2.3',
    db: { uri: 'https://db.example', version: 'v1', lastUpdate: '2026-01-01T00:00:00Z' },
    result: [
      {
        id: 'CVE-2026-1',
        severity: [
          { method: 'nvd', score: 'medium' },
          { method: 'cvss_score', score: '5.2' },
        ],
      },
    ],
  },
  metadata: { scanStartedOn: '2026-01-02T00:00:00Z', scanFinishedOn: '2026-01-02T00:00:01Z' },
};

predicateReaderContract(vulnerabilities, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: [
    'scanner',
    'scanner.uri',
    'scanner.result',
    'scanner.result.0.id',
    'scanner.result.0.severity.0.score',
    'metadata',
    'metadata.scanFinishedOn',
  ],
});

function read(result: unknown): VulnerabilityPredicate {
  const report = vulnerabilities.read({ ...EXAMPLE, scanner: { ...EXAMPLE.scanner, result } }, TYPE, 'x');
  assert.ok(report.kind === 'vulnerabilities');
  return report;
}

test('every member that a policy asks for', () => {
  assert.deepEqual(read(EXAMPLE.scanner.result), {
    kind: 'vulnerabilities',
    scanner: { uri: 'pkg:github/example/scanner', version: '1.2.3' },
    database: { uri: 'https://db.example', version: 'v1', lastUpdate: Date.UTC(2026, 0, 1) },
    startedOn: Date.UTC(2026, 0, 2),
    finishedOn: Date.UTC(2026, 0, 2, 0, 0, 1),
    vulnerabilities: [{ id: 'CVE-2026-1', severities: EXAMPLE.scanner.result[0]?.severity }],
  });
});

test('nothing found, nothing said and words that are not known are three things', () => {
  assert.deepEqual(read([]).vulnerabilities, []);
  assert.equal(read({}).vulnerabilities, null);
  assert.equal(read({ findings: [] }).vulnerabilities, null);
  assert.equal(read({ SchemaVersion: 2, ArtifactName: 'app' }).vulnerabilities, null);
  assert.equal(read({ SchemaVersion: 3, ArtifactName: 'app', Results: [] }).vulnerabilities, null);
  for (const result of [undefined, null, '', 'clean', 0, false]) {
    assert.throws(() => read(result), { code: 'PREDICATE_INVALID', message: /result/ }, String(result));
  }
});

test('both shapes of version 0.1', () => {
  const [item] = EXAMPLE.scanner.result;
  assert.deepEqual(read([{ vulnerability: item }]), read([item]));
});

test('the report of Trivy inside the predicate of cosign', () => {
  const results = [
    { Target: 'app (alpine 3.20)', Vulnerabilities: [{ VulnerabilityID: 'CVE-2026-1', Severity: 'HIGH' }] },
    { Target: 'no findings' },
    { Target: 'none', Vulnerabilities: null },
  ];
  assert.deepEqual(read({ SchemaVersion: 2, ArtifactName: 'app', Results: results }).vulnerabilities, [
    { id: 'CVE-2026-1', severities: [{ method: 'trivy', score: 'HIGH' }] },
  ]);
  assert.throws(
    () => read({ SchemaVersion: 2, ArtifactName: 'app', Results: [{ Vulnerabilities: [{ Severity: 'HIGH' }] }] }),
    { code: 'PREDICATE_INVALID', message: /VulnerabilityID/ },
  );
});
