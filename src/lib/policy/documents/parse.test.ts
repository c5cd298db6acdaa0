import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseDocuments } from './index.ts';
import { positionAt } from './position.ts';
import { policySet } from './set.ts';

const WHOLE = `# A policy and an environment
apiVersion: plimsoll.dev/v1
kind: Policy
metadata:
  name: fixable
  title: No fixable findings
  description: Of the severity that the environment draws.
parameters:
  days: { type: duration, description: How long a fix may be known, default: 30d }
  names: { type: list, description: Names }
match:
  stages: [deploy, run]
  repositories: [registry.example/**]
  excludeRepositories: [registry.example/old/**]
  platforms: [linux/amd64]
  conditions:
    - { name: of-linux, expression: "true" }
variables:
  - name: bad
    expression: >
      findings.filter(f,
        f.fixedIn != '')
validations:
  - name: none
    expression: |
      variables.bad
        .size() == 0
    message: there are fixable findings
    messageExpression: "'x'"
    action: warn
    stages: [deploy]
    remediation: Update them.
  - { name: second, expression: 1 == 1, message: never }
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: production }
policies:
  - policy: fixable
    parameters: { days: 7d, names: [a] }
    action: deny
    without: [second]
unmatched: warn
severity: medium
maximumAge: 180d
grace: 12h
tolerated:
  - { kind: unreadable, paths: [/opt/**], reason: known }
advisoryMaximumAge: 3d
alerts: aggressive
exceptions: { maximum: 30d }
---
apiVersion: plimsoll.dev/v1
kind: Exception
metadata: { name: accepted }
scope:
  repositories: [registry.example/app]
  packages: [pkg:npm/lodash]
for: { rules: [fixable/none], findings: [CVE-2020-8203] }
environments: [production]
reason: not reachable
owner: team
requester: ann@example.com
approver: bob@example.com
ticket: SEC-1
requested: 2026-01-01T00:00:00+01:00
expires: 2026-03-01T00:00:00Z
justification: vulnerable_code_not_in_execute_path
---
apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: acme }
repositories: [registry.example/**]
bases:
  - name: debian
    layers: [sha256:${'1'.repeat(64)}]
    released: 2026-01-01T00:00:00Z
packages:
  - { package: "pkg:npm/%40acme/*", from: ["https://npm.acme.example/"] }
---
apiVersion: plimsoll.dev/v1
kind: Trust
whatever: others read this
`;

it('documents of every kind are read, those of trust left to others', () => {
  const [policy, environment, exception, source, ...more] = parseDocuments(WHOLE, 'all.yaml');
  assert.deepEqual(more, []);
  assert.ok(policy?.kind === 'Policy' && environment?.kind === 'Environment');
  assert.ok(exception?.kind === 'Exception' && source?.kind === 'Source');
  assert.equal(policy.title, 'No fixable findings');
  assert.deepEqual(policy.parameters, {
    days: { type: 'duration', description: 'How long a fix may be known', default: '30d' },
    names: { type: 'list', description: 'Names' },
  });
  assert.deepEqual(policy.match.conditions, [
    {
      name: 'of-linux',
      expression: {
        text: 'true',
        place: 'all.yaml, line 17, match > conditions > [0] > expression',
        line: 17,
        column: 38,
      },
    },
  ]);
  assert.deepEqual(
    policy.validations.map(({ name, action, stages, remediation }) => [name, action, stages, remediation]),
    [
      ['none', 'warn', ['deploy'], 'Update them.'],
      ['second', 'deny', [], ''],
    ],
  );
  const { name, policies, maximumAgeMs, graceMs, exceptions, tolerated } = environment;
  assert.deepEqual(
    [name, maximumAgeMs, graceMs, exceptions],
    ['production', 180 * 86_400_000, 12 * 3_600_000, { maximumMs: 30 * 86_400_000 }],
  );
  assert.deepEqual(policies, [
    { policy: 'fixable', parameters: { days: '7d', names: ['a'] }, action: 'deny', without: ['second'] },
  ]);
  assert.deepEqual(tolerated, [{ kind: 'unreadable', paths: ['/opt/**'], reason: 'known' }]);
  assert.deepEqual([exception.requested, exception.expires], ['2025-12-31T23:00:00.000Z', '2026-03-01T00:00:00.000Z']);
  assert.equal(source.bases[0]?.supersededAt, null);
});

it('an environment that says little draws the usual lines', () => {
  const [environment] = parseDocuments(
    'apiVersion: plimsoll.dev/v1\nkind: Environment\nmetadata: { name: dev }\npolicies: [{ policy: p }]\n',
    'dev.yaml',
  );
  assert.ok(environment?.kind === 'Environment');
  const { unmatched, severity, maximumAgeMs, graceMs, tolerated, advisoryMaximumAgeMs, alerts, exceptions } =
    environment;
  assert.deepEqual(
    { unmatched, severity, maximumAgeMs, graceMs, tolerated, advisoryMaximumAgeMs, alerts, exceptions },
    {
      unmatched: 'deny',
      severity: 'high',
      maximumAgeMs: null,
      graceMs: 0,
      tolerated: [],
      advisoryMaximumAgeMs: null,
      alerts: 'moderate',
      exceptions: { maximumMs: 90 * 86_400_000 },
    },
  );
});

it('the digest is of what a document says, not of how it is written, and its JSON reads back', () => {
  const documents = parseDocuments(WHOLE, 'all.yaml');
  const spaced = WHOLE.replace('{ name: production }', '\n  # comment\n  name: "production"');
  assert.deepEqual(
    parseDocuments(spaced, 'b.yaml').map(({ digest }) => digest),
    documents.map(({ digest }) => digest),
  );
  for (const document of documents) {
    const [again, ...more] = parseDocuments(document.canonical, 'stored');
    assert.deepEqual(more, []);
    assert.equal(again?.digest, document.digest);
    assert.equal(again?.kind, document.kind);
  }
  assert.notEqual(parseDocuments(WHOLE.replace('grace: 12h', 'grace: 13h'), 'c.yaml')[1]?.digest, documents[1]?.digest);
});

it('an offset of an expression is a line and column of the file', () => {
  const [policy] = parseDocuments(WHOLE, 'all.yaml');
  assert.ok(policy?.kind === 'Policy');
  const folded = policy.variables[0]?.expression;
  const literal = policy.validations[0]?.expression;
  assert.ok(folded !== undefined && literal !== undefined);
  const lines = WHOLE.split('\n');
  for (const [expression, word] of [
    [folded, 'findings'],
    [folded, 'f.fixedIn'],
    [literal, 'variables.bad'],
    [literal, '.size()'],
  ] as const) {
    const { line, column } = positionAt(expression, expression.text.indexOf(word));
    assert.ok(lines[line - 1]?.slice(column - 1).startsWith(word), `${word} at ${line}:${column}`);
  }
  assert.deepEqual(positionAt(literal, 16), { line: 27, column: 9 });
});

it('a set is sorted, and its revision is of what its documents say', () => {
  const documents = parseDocuments(WHOLE, 'all.yaml');
  const set = policySet(documents);
  assert.deepEqual(policySet(documents.toReversed()), set);
  assert.equal(set.policies.length + set.environments.length + set.exceptions.length + set.sources.length, 4);
  assert.notEqual(policySet(documents.slice(1)).revision, set.revision);
});
