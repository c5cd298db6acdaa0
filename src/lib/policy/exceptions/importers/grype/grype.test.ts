import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exceptionImporterContract, exceptionsOf, importText, toldOf } from '../contract.ts';
import { grype } from './index.ts';

const EXAMPLE = `fail-on-severity: high
ignore:
  # everything at once
  - vulnerability: CVE-2008-4318
    fix-state: unknown
    package:
      name: libcurl
      version: 1.5.1
      type: npm
      location: "/usr/local/lib/node_modules/**"
  - vulnerability: CVE-2017-41432
    reason: " not reachable "
  - package:
      type: gem
  - vulnerability: CVE-2021-1
    include-aliases: true
    package: { name: "@acme/lib", version: "1.2.3", type: npm }
  - vulnerability: CVE-2021-2
    package: { name: "^lodash\\\\.merge$", type: npm }
  - vulnerability: CVE-2021-3
    package: { name: "kernel-headers.*", type: rpm }
  - vulnerability: CVE-2021-4
    package: { name: "lib.*", type: npm }
  - vulnerability: CVE-2021-5
    package: { name: zlib }
  - vex-status: not_affected
    vex-justification: vulnerable_code_not_present
  - vulnerability: CVE-2021-6
    namespace: debian:distro:debian:12
  - vulnerability: CVE-2021-7
    match-type: cpe-match
  - vulnerability: CVE-2021-8
    package: { name: zlib, type: npm, upstream-name: z }
  - vulnerability: CVE-2021-9
    severity: low
  - vulnerability: CVE-2021-10
    package: { name: github.com/acme/lib, type: go-module, version: v1.0.0 }
only-fixed: true
`;

exceptionImporterContract(grype, { file: '.grype.yaml', example: EXAMPLE });

describe('ignore rules of Grype', () => {
  const imported = importText('grype', '.grype.yaml', EXAMPLE);

  it('a vulnerability, and a package whose name and type make a package URL', () => {
    assert.deepEqual(
      exceptionsOf(imported).map(({ for: target, scope, reason }) => [...target.findings, ...scope.packages, reason]),
      [
        ['CVE-2017-41432', 'not reachable'],
        ['CVE-2021-1', 'pkg:npm/%40acme/lib@1.2.3', 'as it was ignored before'],
        ['CVE-2021-2', 'pkg:npm/lodash.merge', 'as it was ignored before'],
        ['CVE-2021-10', 'pkg:golang/github.com/acme/lib@v1.0.0', 'as it was ignored before'],
      ],
    );
  });

  it('what would be wider or narrower is told with its line', () => {
    assert.deepEqual(
      toldOf(imported.notCarriedOver).map((text) => text.replace(/, .*?: /, ': ')),
      [
        '"CVE-2008-4318 libcurl": line 4: exceptions know no fix-state: without it the rule would be wider',
        '"gem": line 13: without a vulnerability it is for every one: exceptions name theirs',
        '"CVE-2021-3 kernel-headers.*": line 20: the package URL of "rpm" needs more than the name',
        '"CVE-2021-4 lib.*": line 22: "lib.*" is a regular expression, and stands for other names too',
        '"CVE-2021-5 zlib": line 24: a package URL needs the name and the type of the package',
        '"a rule for everything": line 26: it is about a VEX document: give that with --vex',
        '"CVE-2021-6": line 28: exceptions know no namespace: without it the rule would be wider',
        '"CVE-2021-7": line 30: exceptions know no match-type: without it the rule would be wider',
        '"CVE-2021-8 zlib": line 32: exceptions know no upstream-name of a package: without it the rule would be wider',
        '"CVE-2021-9": line 34: "severity" is not known here, and may narrow the rule',
        'only-fixed: line 38: what is fixed changes: the shipped policies tell findings with a fix from those without',
      ],
    );
  });

  it('a location alone is not dropped', () => {
    const text = 'ignore: [{ vulnerability: CVE-1-1, package: { location: "/opt/**" } }]';
    const { count, notCarriedOver } = importText('grype', 'x.yaml', text);
    assert.deepEqual([count, notCarriedOver.length], [0, 1]);
  });

  it('what Grype would refuse is refused with its line', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /expected a configuration with ignore rules, found nothing/],
      ['ignore:\n  vulnerability: CVE-1', /line 1, ignore: .*expected a list of rules, found a map/],
      ['ignore:\n  - CVE-1', /line 2.*expected a rule: a map, found/],
      ['ignore: [{ vulnerability: C, package: { version: 1.10 } }]', /in quotes where it looks like a number/],
    ];
    for (const [text, message] of cases) {
      assert.throws(() => importText('grype', 'x.yaml', text), { code: 'POLICY_IMPORT_INVALID', message });
    }
  });
});
