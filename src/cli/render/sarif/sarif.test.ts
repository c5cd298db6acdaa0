import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { sampleDeclaration, sampleMismatch } from '#test/samples/declared.ts';
import { sampleReport } from '#test/samples/report.ts';
import { sarifValidator } from '#test/schemas.ts';
import { renderSarif } from './index.ts';
import { pathUri } from './locations.ts';
import { messageText } from './message.ts';

evidence('report/sarif', 'published', 'the JSON schema of SARIF 2.1.0');

const skip = missing('shared-data');

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly { readonly id: string; readonly properties: Readonly<Record<string, unknown>> }[];
    };
  };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: { text: string } }[];
  }[];
  readonly results: readonly Result[];
  readonly automationDetails?: { readonly id: string };
}

function runs(...reports: readonly Report[]): readonly Run[] {
  return (JSON.parse(renderSarif(reports)) as { readonly runs: readonly Run[] }).runs;
}

function run(report: Report): Run {
  const [first] = runs(report);
  assert.ok(first !== undefined);
  return first;
}

const unreadable: Unknown = {
  kind: 'unreadable',
  path: '/srv/app/a b:c.json',
  layer: null,
  analyser: 'npm',
  reason: 'not valid JSON',
};
const noAdvisories: Unknown = {
  kind: 'no-advisories',
  path: null,
  layer: null,
  analyser: 'advisories',
  reason: 'no advisories for Alpine:v3.18',
};

describe('the validator', { skip }, () => {
  it('refuses what SARIF does not allow', () => {
    const isValid = sarifValidator();
    const log = JSON.parse(renderSarif([sampleReport()])) as Record<string, unknown>;
    assert.ok(isValid(log));
    assert.equal(isValid({ ...log, version: '2.0.0' }), false);
    assert.equal(isValid({ ...log, runs: [{}] }), false);
    const [first] = log['runs'] as { results: object[] }[];
    assert.equal(isValid({ ...log, runs: [{ ...first, results: [{ level: 'high' }] }] }), false);
    assert.equal(isValid({ ...log, runs: [{ ...first, extra: 1 }] }), false);
  });
});

describe('a SARIF log', () => {
  it('is valid whatever the texts of the report are', { skip }, () => {
    const isValid = sarifValidator();
    fc.assert(
      fc.property(fc.array(arbitraryReport, { minLength: 1, maxLength: 2 }), (reports) => {
        const log: unknown = JSON.parse(renderSarif(reports));
        assert.ok(isValid(log), JSON.stringify(isValid.errors));
      }),
      { numRuns: 100 },
    );
  });

  it('says what does not count since OS packages cover it, and has no result for it', () => {
    const findings = sampleReport().findings.filter(isVulnerability);
    const { results, invocations } = run(sampleReport({ findings: [], covered: { findings, unknowns: [unreadable] } }));
    assert.deepEqual(results, []);
    const [note, ...more] = invocations.flatMap((each) => each.toolExecutionNotifications);
    assert.deepEqual([note?.level, more], ['note', []]);
    assert.match(
      note?.message.text ?? '',
      /^5 vulnerabilities \(of pkg:.*\) and 1 things? not known of files that belong to/,
    );
  });

  it('has a result with a rule and a path for every finding', () => {
    const report = sampleReport();
    const { results, tool } = run(report);
    assert.deepEqual(
      results.map((result) => [result.ruleId, tool.driver.rules[result.ruleIndex]?.id]),
      report.findings.map((finding) => [finding.id, finding.id]),
    );
    assert.deepEqual(
      results.map((result) => [result.level, result.locations[0]?.physicalLocation.artifactLocation.uri]),
      [
        ['warning', 'srv/app/node_modules/lodash/package.json'],
        ['error', 'srv/app/node_modules/lodash/package.json'],
        ['error', 'srv/app/node_modules/marked/package.json'],
        ['note', 'srv/app/node_modules/marked/package.json'],
        ['warning', 'lib/apk/db/installed'],
      ],
    );
    assert.equal(
      results[3]?.message.text,
      'marked 0.3.0 is affected by NSWG-ECO-531: Regular Expression Denial of Service. No version without it is known.',
    );
  });

  it('says of a package that is only declared that nothing shows it to be there', () => {
    const [finding] = sampleReport().findings.filter(isVulnerability);
    assert.ok(finding !== undefined);
    const declared = { ...finding, package: { ...finding.package, confidence: 'declared' } } as const;
    const [result] = run(sampleReport({ findings: [declared] })).results as readonly (Result & {
      properties: object;
    })[];
    assert.match(result?.message.text ?? '', / A lock file or manifest declares the package; that it is installed /);
    assert.ok(result !== undefined && 'confidence' in result.properties && result.properties.confidence === 'declared');
  });

  it('has the risk, EPSS and known exploitation where they are known', () => {
    const [finding] = sampleReport().findings.filter(isVulnerability);
    assert.ok(finding !== undefined);
    const known: Partial<Vulnerability> = {
      risk: { score: 73.2, parts: [] },
      signals: [
        { kind: 'known-exploited', catalogue: 'CISA', added: '2026-05-01', due: null, ransomware: false },
        { kind: 'epss', probability: 0.25, percentile: 0.9, date: '2026-05-30' },
      ],
    };
    const { results } = run(sampleReport({ findings: [{ ...finding, ...known }, finding] }));
    const [ranked, plain] = results as readonly (Result & { properties: Readonly<Record<string, unknown>> })[];
    assert.partialDeepStrictEqual(ranked?.properties, { risk: 73.2, epss: 0.25, knownExploited: true });
    assert.deepEqual(
      ['risk', 'epss', 'knownExploited'].filter((name) => name in (plain?.properties ?? {})),
      [],
    );
  });

  it('gives the score as security-severity, the band of a mere word, and nothing for what nobody has rated', () => {
    const { rules } = run(sampleReport()).tool.driver;
    assert.deepEqual(
      rules.map((rule) => rule.properties['security-severity']),
      ['5.6', '9.1', '8.0', '2.0', undefined],
    );
  });

  it('has a rule for each way in which documents and the image differ, and points at the file or at the document', () => {
    const path = '/usr/share/sbom/app.cdx.json';
    const hash = {
      package: { purl: '', name: '/lib/libz.so.1', version: '' },
      locations: [{ path: '/lib/libz.so.1', layer: null }],
    };
    const { results, tool } = run(
      sampleReport({
        findings: [
          sampleMismatch('undeclared'),
          sampleMismatch('hash', hash),
          sampleMismatch('absent', { locations: [], layer: null, document: 1, severity: 'low' }),
          sampleMismatch('absent', { locations: [], layer: null, document: 2 }),
        ],
        declarations: [sampleDeclaration(), sampleDeclaration({ from: 'file', path }), sampleDeclaration()],
      }),
    );
    assert.deepEqual(
      tool.driver.rules.map(({ id }) => id),
      ['sbom-mismatch/undeclared', 'sbom-mismatch/hash', 'sbom-mismatch/absent'],
    );
    assert.deepEqual(
      results.map(({ ruleId, level, locations: [first] }) => [
        ruleId.slice('sbom-mismatch/'.length),
        level,
        first?.physicalLocation.artifactLocation.uri,
      ]),
      [
        ['undeclared', 'warning', 'srv/app/node_modules/marked/package.json'],
        ['hash', 'warning', 'lib/libz.so.1'],
        ['absent', 'note', 'usr/share/sbom/app.cdx.json'],
        ['absent', 'warning', 'image'],
      ],
    );
    const prints = new Set(
      results.map(({ partialFingerprints: { primaryLocationLineHash } }) => primaryLocationLineHash),
    );
    assert.equal(prints.size, results.length);
  });

  it('has one rule for a vulnerability of two packages, rated as the worse', () => {
    const report = sampleReport();
    const [, critical] = report.findings.filter(isVulnerability);
    assert.ok(critical !== undefined);
    const { score: _score, ...unscored } = critical;
    const other = { ...unscored, severity: 'low' as const, package: { ...critical.package, purl: 'pkg:npm/other@1' } };
    const { tool, results } = run(sampleReport({ findings: [other, critical] }));
    assert.deepEqual(
      tool.driver.rules.map((rule) => [rule.id, rule.properties['security-severity']]),
      [['CVE-2019-10744', '9.1']],
    );
    assert.deepEqual(
      results.map((result) => result.level),
      ['note', 'error'],
    );
  });

  it('shows unknowns as notifications and as results, so that a run without findings is no all-clear', () => {
    const { invocations, results } = run(
      sampleReport({ findings: [], unknowns: [unreadable, unreadable, noAdvisories] }),
    );
    assert.deepEqual(
      invocations.map((each) => [each.executionSuccessful, each.toolExecutionNotifications.length]),
      [[true, 3]],
    );
    assert.ok(invocations[0]?.toolExecutionNotifications.every((each) => each.level === 'warning'));
    assert.deepEqual(
      results.map(({ ruleId, level, locations }) => [
        ruleId,
        level,
        locations[0]?.physicalLocation.artifactLocation.uri,
      ]),
      [
        ['not-known/unreadable', 'warning', 'srv/app/a%20b%3Ac.json'],
        ['not-known/no-advisories', 'warning', 'image'],
      ],
    );
    assert.equal(results[0]?.message.text, 'Files of the image could not be read: not valid JSON. And 1 more like it.');
  });

  it('keeps a fingerprint over an upgrade that does not help, and tells results apart', () => {
    const before = run(sampleReport()).results;
    const upgraded = sampleReport().findings.map((finding) => ({
      ...finding,
      package: {
        ...finding.package,
        version: '99.0.0',
        purl: finding.package.purl.replace(finding.package.version, '99.0.0'),
      },
    }));
    const after = run(sampleReport({ findings: upgraded })).results;
    const fingerprints = (results: readonly Result[]): readonly string[] =>
      results.map((result) => result.partialFingerprints.primaryLocationLineHash);
    assert.deepEqual(fingerprints(after), fingerprints(before));
    assert.equal(new Set(fingerprints(before)).size, before.length);
    const twice = run(sampleReport({ findings: [...upgraded, ...upgraded] })).results;
    assert.equal(new Set(fingerprints(twice)).size, upgraded.length * 2);
  });

  it('has a run for each platform, with a category of its own', () => {
    const report = sampleReport();
    const arm = sampleReport({ image: { ...report.image, platform: 'linux/arm64' } });
    assert.deepEqual(
      runs(report, arm).map((each) => each.automationDetails?.id),
      ['plimsoll/linux/amd64/', 'plimsoll/linux/arm64/'],
    );
    assert.equal(run(report).automationDetails, undefined);
  });
});

describe('text in a message', () => {
  const cases: readonly (readonly [text: string, written: string])[] = [
    ['see [docs](https://example.org)', 'see \\[docs\\](https://example.org)'],
    ['version {0}', 'version {{0}}'],
    ['a\\b', 'a\\\\b'],
    ['one\ntwo', 'one two'],
  ];
  for (const [text, written] of cases) {
    it(`writes ${JSON.stringify(text)} as itself`, () => {
      assert.equal(messageText(text), written);
    });
  }
});

describe('a path as a URI', () => {
  const cases: readonly (readonly [path: string | null, uri: string])[] = [
    ['/lib/apk/db/installed', 'lib/apk/db/installed'],
    ['/a b/ü#?%', 'a%20b/%C3%BC%23%3F%25'],
    ['/c:/d', 'c%3A/d'],
    ['//a/../b/./c', 'a/b/c'],
    ['/', 'image'],
    [null, 'image'],
  ];
  for (const [path, uri] of cases) {
    it(`of ${JSON.stringify(path)}`, () => {
      assert.equal(pathUri(path), uri);
    });
  }
});
