import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDocuments, readPolicyFiles } from '../documents/index.ts';
import { shippedDocuments } from '../shipped/index.ts';
import { checkPolicies } from './index.ts';

const NOW = Date.parse('2026-02-01T00:00:00Z');
const POLICY = `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: p }
parameters:
  days: { type: duration, description: d, default: 30d }
match:
  stages: [build, deploy]
  repositories: [registry.example/**]
  conditions:
    - { name: ours, expression: image.reference != 'x' }
variables:
  - { name: bad, expression: "findings.filter(f, f.fixedIn != '')" }
validations:
  - name: a
    expression: variables.bad.size() == 0
    message: m
  - name: b
    expression: age(image.created) < params.days
    message: m
    stages: [deploy]
  - name: c
    expression: image.user != ''
    message: m
`;
const OTHER = `---
apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: q }
validations:
  - { name: d, expression: image.size < 5, message: m }
`;
const ENVIRONMENT = `---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: production }
policies:
  - { policy: p, without: [] }
  - { policy: q }
`;
const EXCEPTION = `---
apiVersion: plimsoll.dev/v1
kind: Exception
metadata: { name: x }
scope: { repositories: [registry.example/app] }
for: { rules: [p/a] }
environments: [production]
reason: r
owner: o
requester: ann
approver: bob
ticket: t
requested: 2026-01-01T00:00:00Z
expires: 2026-03-01T00:00:00Z
`;
const WHOLE = POLICY + OTHER + ENVIRONMENT + EXCEPTION;

function check(text: string, shipped = ''): readonly string[] {
  const folder = readPolicyFiles([{ path: 'f.yaml', bytes: Buffer.from(text) }]);
  const others = shipped === '' ? [] : parseDocuments(shipped, 'built in');
  return checkPolicies(folder, { shipped: others, now: NOW }).map(({ severity, code, line, column, message }) => {
    const there = text.split('\n')[line - 1]?.slice(column - 1, column + 9) ?? '';
    return `${severity} ${code} at ${there}: ${message}`;
  });
}

it('nothing is told of documents that are in order', () => {
  assert.deepEqual(check(WHOLE), []);
});

it('nothing is told of what ships', async () => {
  const shipped = await shippedDocuments();
  assert.ok(shipped.length > 20);
  assert.deepEqual(checkPolicies({ documents: shipped, issues: [] }, { shipped, now: NOW }), []);
});

describe('told of documents', () => {
  const cases: readonly (readonly [what: string, from: string, to: string, issue: RegExp])[] = [
    [
      'a rule that is always true',
      'image.size < 5',
      '"1 < 2"',
      /^warning always-true at 1 < 2.*: the rule is always true/,
    ],
    ['a rule that is never true', 'image.size < 5', '1 > 2', /^warning never-true at 1 > 2.*: .*every image breaks it/],
    [
      'a rule that is true by its form',
      'image.size < 5',
      '"image.size < 5 || !(image.size < 5)"',
      /^warning always-true/,
    ],
    [
      'a rule that is never true by its form',
      'image.size < 5',
      'image.size < 5 && image.size >= 5',
      /^warning never-true/,
    ],
    ['a rule that compares a thing with itself', 'image.size < 5', 'image.user == image.user', /^warning always-true/],
    [
      'a condition that is never true',
      "image.reference != 'x'",
      '"false"',
      /^warning never-true at false.*: .*speaks of no image/,
    ],
    [
      'a rule of a stage that its policy does not speak of',
      'stages: [deploy]',
      'stages: [run]',
      /^warning never-asked at stages: \[r.*: .*build, deploy.*found run/,
    ],
    [
      'a policy that excludes all it speaks of',
      'repositories: [registry.example/**]',
      'repositories: [registry.example/**]\n  excludeRepositories: [registry.example/**]',
      /^warning never-asked at excludeRep.*: .*speaks of no image/,
    ],
    [
      'a rule that another policy has',
      'image.size < 5',
      "image.user != ''",
      /^warning shadowed at image.user.*: says the same as p\/c in the environment production/,
    ],
    ['a rule that another policy has in other words', 'image.size < 5', `"!(image.user == '')"`, /^warning shadowed/],
    [
      'a rule that no image can keep beside another',
      'image.size < 5',
      "image.user == ''",
      /^warning contradictory at image.user.*: says the opposite of p\/c/,
    ],
    [
      'a variable that nothing reads',
      'variables.bad.size()',
      'findings.size()',
      /^warning unused-variable at name: bad,.*: no expression reads variables\.bad/,
    ],
    [
      'a parameter that nothing reads',
      'params.days',
      "duration('1h')",
      /^warning unused-parameter at days: .*: no expression reads params\.days/,
    ],
    [
      'a policy that nothing selects',
      '  - { policy: q }\n',
      '',
      /^warning unused-policy at name: q.*: no environment selects the policy q/,
    ],
    [
      'a policy of which every rule is left out',
      'without: []',
      'without: [a, b, c]',
      /^warning unused-policy at without: .*: .*all of them left out/,
    ],
    [
      'a variable with the name of a fact',
      'name: bad, expression',
      'name: findings, expression',
      /shadowed at name: find.*: .*easily taken for findings/,
    ],
    [
      'an element with the name of a fact',
      'f, f.fixedIn',
      'base, base.fixedIn',
      /^warning shadowed at findings\.f.*: .*"base", which hides/,
    ],
    [
      'three loops inside each other',
      'image.size < 5',
      '"packages.all(a, packages.all(b, packages.all(c, a.name + b.name != c.name)))"',
      /^warning cost at packages\.a.*: .*at most 2/,
    ],
    [
      'loops over what is made of packages',
      'image.size < 5',
      '"packages.all(a, findings.all(b, packages.map(p, p.name).all(c, a.name + b.id != c)))"',
      /^warning cost/,
    ],
    [
      'a regular expression that is none',
      'image.size < 5',
      `"image.user.matches('[a-')"`,
      /^error regular-expression at '\[a-'.*: /,
    ],
    [
      'a rule that there is not in an exception',
      'rules: [p/a]',
      'rules: [p/x]',
      /^warning unknown-rule at p\/x.*: .*found "p\/x"/,
    ],
    [
      'an environment that there is not in an exception',
      'environments: [production]',
      'environments: [prodution]',
      /^warning unknown-environment at prodution.*: .*"prodution"; did you mean "production"/,
    ],
    [
      'an exception longer than allowed',
      '2026-03-01',
      '2026-06-01',
      /^warning too-long at expires: .*: .*at most 90 days.*found 151 days/,
    ],
    ['an exception that has expired', '2026-03-01', '2026-01-31', /^error expired at expires: .*: /],
    ['an expression that does not compile', 'f.fixedIn', 'f.fixdIn', /^error expression at f\.fixdIn.*: .*'fixdIn'/],
  ]; // prettier-ignore
  for (const [what, from, to, issue] of cases) {
    it(what, () => {
      const text = WHOLE.replace(from, () => to);
      assert.notEqual(text, WHOLE);
      const told = check(text);
      assert.ok(
        told.some((line) => issue.test(line)),
        told.join('\n'),
      );
    });
  }
});

it('two loops inside each other, and rules that never meet, are in order', () => {
  const two = 'packages.all(a, packages.all(b, a.name == b.name || a.paths.all(c, c != b.name)))';
  assert.deepEqual(check(WHOLE.replace('image.size < 5', () => `"${two}"`)), []);
  const apart = WHOLE.replace('image.size < 5', () => "image.user == ''").replace(
    'message: m }',
    'message: m, stages: [run] }',
  );
  assert.deepEqual(check(apart), []);
  const elsewhere = WHOLE.replace('image.size < 5', () => "image.user == ''").replace(
    'metadata: { name: q }\n',
    'metadata: { name: q }\nmatch: { repositories: [elsewhere.example/**] }\n',
  );
  assert.deepEqual(check(elsewhere), []);
});

it('a policy that ships is there for environments, and nothing else is told of it', () => {
  const shipped = `${OTHER.replace('---\n', '')}---\n${OTHER.replace('---\n', '').replace('name: q', 'name: unused')}`;
  assert.deepEqual(check(WHOLE.replace(OTHER, ''), shipped), []);
  assert.match(
    check(WHOLE, shipped).join('\n'),
    /^warning shadowed at name: q }.*: takes the place of the policy q that ships$/,
  );
});

it('where a document cannot be read, only that is told', () => {
  const told = check(WHOLE.replace('metadata: { name: q }', 'metadata: { nmae: q }'));
  assert.deepEqual(
    told.map((line) => line.split(' ')[1]),
    ['invalid-value', 'unknown-field'],
  );
});
