import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { exceptionImporterContract, exceptionsOf, importText, toldOf } from '../contract.ts';
import { trivy } from './index.ts';

evidence('policy/exceptions-exchange', 'self-made', 'ignore files as the documentation of Trivy and Grype shows them');

const LINES = `# vulnerabilities
CVE-2018-14618
CVE-2019-14697 exp:2026-12-01
  GHSA-2m7x-c7px-hp58  exp:2027-01-01 owner:app\r

# ended
CVE-2019-1543 exp:2026-08-21
CVE-2019-1544 exp:soon
# checks and secrets
AVD-DS-0002
aws-account-id
`;

const DOCUMENT = `vulnerabilities:
  - id: CVE-2022-40897
    paths:
      - usr/local/lib/python3.9/site-packages/setuptools-58.1.0.dist-info/METADATA
    statement: Accept the risk
  - id: CVE-2023-2650
  - id: CVE-2023-3446
    expired_at: 2026-12-01
    statement: "  until the next release "
  - id: CVE-2023-3817
    purls:
      - pkg:deb/debian/libssl1.1
      - pkg:golang/github.com/acme/lib@1.2.3
  - id: CVE-2023-29491
    expired_at: 2026-08-21
  - purls: [pkg:deb/ubuntu/linux-libc-dev]
  - id: CVE-2023-1
    purls: ["pkg:deb/debian/libssl1.1?arch=amd64"]
  - id: CVE-2023-2
    severity: low
misconfigurations:
  - id: AVD-DS-0001
secrets:
licenses:
  - id: GPL-3.0
    paths: [usr/share/gcc/python/libstdcxx/v6/__init__.py]
`;

exceptionImporterContract(trivy, { file: '.trivyignore', example: LINES });
exceptionImporterContract(trivy, { file: '.trivyignore.yaml', example: DOCUMENT });

const END = '2026-11-01T00:00:00.000Z';

describe('.trivyignore', () => {
  it('an id a line, and its end; what is no vulnerability or has ended is told', () => {
    const imported = importText('trivy', '.trivyignore', LINES);
    assert.deepEqual(
      exceptionsOf(imported).map(({ name, for: target, expires }) => [name, target.findings, expires]),
      [
        ['CVE-2018-14618', ['CVE-2018-14618'], END],
        ['CVE-2019-14697', ['CVE-2019-14697'], '2026-12-01T00:00:00.000Z'],
        ['GHSA-2m7x-c7px-hp58', ['GHSA-2m7x-c7px-hp58'], '2027-01-01T00:00:00.000Z'],
      ],
    );
    assert.deepEqual(toldOf(imported.notCarriedOver), [
      '"CVE-2019-1543": line 7: ended 2026-08-21',
      '"CVE-2019-1544": line 8: "soon" is no date, and Trivy passes over the line',
      '"AVD-DS-0002": line 10: no id of a vulnerability: exceptions are for findings',
      '"aws-account-id": line 11: no id of a vulnerability: exceptions are for findings',
    ]);
  });

  it('a day that the calendar has not is no date, and an id twice gets two names', () => {
    const imported = importText('trivy', '.trivyignore', 'CVE-1-1 exp:2027-02-30\nCVE-1-2\nCVE-1-2\n');
    assert.deepEqual(
      exceptionsOf(imported).map(({ name }) => name),
      ['CVE-1-2', 'CVE-1-2..2'],
    );
    assert.match(toldOf(imported.notCarriedOver).join(), /2027-02-30.*no date/);
  });

  it('of nothing comes nothing', () => {
    assert.deepEqual(importText('trivy', '.trivyignore', '# none\n\n'), { yaml: '', count: 0, notCarriedOver: [] });
  });
});

describe('.trivyignore.yaml', () => {
  it('rules with all that an exception can say; others with their line', () => {
    const imported = importText('trivy', 'app/.trivyignore.yaml', DOCUMENT);
    assert.deepEqual(
      exceptionsOf(imported).map(({ name, scope, reason, expires }) => [name, scope.packages, reason, expires]),
      [
        ['CVE-2023-2650', [], 'as it was ignored before', END],
        ['CVE-2023-3446', [], 'until the next release', '2026-12-01T00:00:00.000Z'],
        [
          'CVE-2023-3817',
          ['pkg:deb/debian/libssl1.1', 'pkg:golang/github.com/acme/lib@1.2.3'],
          'as it was ignored before',
          END,
        ],
      ],
    );
    assert.deepEqual(
      toldOf(imported.notCarriedOver).map((text) => text.replace(/, .*?: /, ': ')),
      [
        '"CVE-2022-40897": line 2: exceptions know no paths: without them it would be for the package anywhere in the image',
        '"CVE-2023-29491": line 14: ended 2026-08-21',
        '"a rule without an id": line 16: without an id it is for every vulnerability: exceptions name theirs',
        '"CVE-2023-1": line 17: "pkg:deb/debian/libssl1.1?arch=amd64" is no package URL without qualifiers and subpath',
        '"CVE-2023-2": line 19: "severity" is not known here, and may narrow the rule',
        '"AVD-DS-0001": line 22: exceptions of findings are for vulnerabilities: name the rule of a policy instead',
        '"GPL-3.0": line 25: exceptions of findings are for vulnerabilities: name the rule of a policy instead',
      ],
    );
  });

  it('a rule for packages needs no other scope', () => {
    const text = 'vulnerabilities: [{ id: CVE-2023-3817, purls: [pkg:npm/lodash] }]';
    const [exception] = exceptionsOf(importText('trivy', 'x.yml', text, { repositories: [] }));
    assert.deepEqual(exception?.scope, { digests: [], repositories: [], packages: ['pkg:npm/lodash'] });
  });

  it('what Trivy would refuse is refused with its line', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['vulnerabilities: CVE-1', /line 1, vulnerabilities: .*expected a list of rules, found "CVE-1"/],
      ['vulnerabilities:\n  - CVE-1', /line 2.*expected a rule: a map with an id, found "CVE-1"/],
      ['vulnerabilities:\n  - id: 7', /line 2.*expected a text, found "7"/],
      ['vulnerabilities: [', /valid YAML/],
      ['a: 1\na: 2', /every key once/],
    ];
    for (const [text, message] of cases) {
      assert.throws(() => importText('trivy', 'x.yaml', text), { code: 'POLICY_IMPORT_INVALID', message });
    }
  });
});
