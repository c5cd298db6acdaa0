import assert from 'node:assert/strict';
import { isAppError } from '#base/error.ts';
import { type ImportedExceptions, importExceptions, parseDocuments } from '#lib/policy/index.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const LINES = 'CVE-2018-14618\n# why\nCVE-2019-14697 exp:2027-01-01\nAVD-DS-0002 exp:2020-01-01 a:b\n';
const TRIVY =
  'vulnerabilities:\n  - id: CVE-2023-3817\n    purls: ["pkg:npm/%40acme/a@1.0.0"]\n    statement: x\n    expired_at: 2027-01-01\n  - id: CVE-1-1\n    paths: ["a/**"]\nsecrets:\n  - id: a\n';
const GRYPE =
  'ignore:\n  - vulnerability: CVE-2021-1\n    reason: x\n    package: { name: "^a\\\\.b$", version: "1", type: npm }\n  - fix-state: unknown\n    package: { location: "/a/**" }\nonly-fixed: true\n';

const FILES = [
  ['trivy', '.trivyignore'],
  ['trivy', '.trivyignore.yaml'],
  ['grype', '.grype.yaml'],
] as const;

const ANSWERS = {
  owner: 'team',
  requester: 'grace',
  approver: 'ada',
  ticket: 'SEC-1',
  reason: 'as before',
  expires: NOW + 86_400_000,
  repositories: ['registry.example/app'],
  digests: [],
  environments: [],
};

/** What other scanners are told to ignore: whatever comes out is an exception for one vulnerability, and ends. */
export const ignoreFiles: FuzzTarget = {
  id: 'ignore-files',
  seeds: () => [LINES, TRIVY, GRYPE].map((text) => Buffer.from(text)),
  maxMillis: 1000,
  dictionary: [
    'exp:',
    'vulnerabilities:',
    'ignore:',
    '- id: ',
    'purls:',
    'pkg:npm/',
    'CVE-',
    '.*',
    '**',
    '__proto__: ',
    '&a ',
    '*a',
  ],
  run: (bytes) => {
    const refusals: unknown[] = [];
    for (const [importer, file] of FILES) {
      try {
        check(importExceptions({ importer, files: [{ file, bytes }], answers: ANSWERS, now: NOW }));
      } catch (error) {
        refusals.push(error);
      }
    }
    // Each is a reader of its own; what one refuses another may take.
    const finding = refusals.find((error) => !isAppError(error));
    if (finding !== undefined || refusals.length === FILES.length) {
      throw finding ?? refusals[0];
    }
  },
};

function check({ yaml, count }: ImportedExceptions): void {
  invariant('every rule is an exception for one finding, and ends', () => {
    const read = yaml === '' ? [] : parseDocuments(yaml, 'imported.yaml');
    assert.equal(read.length, count);
    for (const document of read) {
      assert.ok(document.kind === 'Exception' && document.for.findings.length === 1);
      assert.ok(Date.parse(document.expires) > NOW);
    }
  });
}
