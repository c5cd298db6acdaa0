import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDocuments, policySet } from '../documents/index.ts';
import { createMeter } from '../language/index.ts';
import type { CompiledSet, DocumentIssue } from './compiled.ts';
import { compileSet } from './index.ts';

const POLICY = `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: p }
parameters:
  days: { type: duration, description: d, default: 30d }
  level: { type: severity, description: d, default: high }
  names: { type: list, description: d, default: [a] }
  count: { type: int, description: d, default: 3 }
  ratio: { type: double, description: d, default: 0.5 }
  on: { type: bool, description: d, default: true }
  label: { type: string, description: d }
match:
  conditions:
    - { name: ours, expression: "image.reference != ''" }
variables:
  - { name: old, expression: "image.created != null && age(image.created) > params.days" }
  - { name: both, expression: "variables.old || params.on" }
  - { name: size, expression: findings.size() }
validations:
  - { name: a, expression: variables.size < params.count, message: m }
  - { name: b, expression: "!variables.both", message: m, messageExpression: "'x' + params.label", action: warn }
  - name: c
    expression: >-
      context.stage == 'deploy' ||
      findings.all(f, f.severity < params.level)
    message: m
`;
const ENVIRONMENT = `---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: e }
policies:
  - policy: p
    parameters: { label: owner, days: 12h }
    action: audit
    without: [a]
`;

function issuesOf(text: string): readonly DocumentIssue[] {
  return compileSet(policySet(parseDocuments(text, 'f.yaml'))).issues;
}

function compiled(text: string): CompiledSet {
  const result = compileSet(policySet(parseDocuments(text, 'f.yaml')));
  assert.ok(result.ok, JSON.stringify(result.issues));
  return result.compiled;
}

it('an environment has its policies with their values, actions and rules', () => {
  const { environments } = compiled(POLICY + ENVIRONMENT);
  const [policy, ...more] = environments.get('e')?.policies ?? [];
  assert.ok(policy !== undefined && more.length === 0);
  assert.deepEqual(
    policy.validations.map(({ rule, action }) => [rule, action]),
    [
      ['p/b', 'audit'],
      ['p/c', 'audit'],
    ],
  );
  const values = Object.fromEntries(policy.parameters);
  assert.deepEqual([values['count'], values['ratio'], values['on'], values['label']], [3n, 0.5, true, 'owner']);
  assert.equal((values['days'] as { nanoseconds: bigint }).nanoseconds, 12n * 3_600_000_000_000n);
  const meter = createMeter(100, 0n);
  const [b] = policy.validations;
  assert.equal(
    b?.message?.evaluate((name) => values[name.replace('params.', '')] ?? null, meter),
    'xowner',
  );
});

it('rules that read the context or the time are told, through variables and conditions too', () => {
  const contextual = (text: string): readonly boolean[] =>
    compiled(text.replace('without: [a]', 'without: []'))
      .environments.get('e')
      ?.policies[0]?.validations.map((rule) => rule.contextual) ?? [];
  assert.deepEqual(contextual(POLICY + ENVIRONMENT), [false, true, true]);
  const plain = POLICY.replace('age(image.created) > params.days', 'true').replace(
    "context.stage == 'deploy'",
    'false',
  );
  assert.deepEqual(contextual(plain + ENVIRONMENT), [false, false, false]);
  const condition = plain.replace("image.reference != ''", "context.exposure == 'internet'");
  assert.deepEqual(contextual(condition + ENVIRONMENT), [true, true, true]);
});

describe('told with its place', () => {
  const cases: readonly (readonly [
    what: string,
    from: string,
    to: string,
    code: string,
    at: string,
    message: RegExp,
  ])[] = [
    ['a field that is misspelt', 'f.severity', 'f.severty', 'expression', 'f.severty', /severty.*severity/],
    ['an unknown variable', 'findings.size()', 'finding.size()', 'expression', 'finding.size()', /finding.*findings/],
    ['an unknown parameter', 'params.count', 'params.cuont', 'expression', 'params.cuont', /cuont.*count/],
    ['a wrong type', 'params.days"', 'params.count"', 'expression', 'age(image.created) >', /_>_|>/],
    [
      'a rule that gives no bool',
      'variables.size < params.count',
      'variables.size',
      'expression',
      'variables.size,',
      /true or false.*int/,
    ],
    ['a message that is no text', "'x' + params.label", 'params.count', 'expression', 'params.count', /a text.*int/],
    [
      'a condition that gives no bool',
      "image.reference != ''",
      'image.reference',
      'expression',
      'image.reference',
      /true or false.*string/,
    ],
    [
      'a variable that reads itself',
      'findings.size()',
      'variables.size + 1',
      'cyclic-variables',
      'variables.size + 1',
      /found size -> size$/,
    ],
    [
      'variables in a circle',
      'age(image.created) > params.days',
      'variables.both',
      'cyclic-variables',
      'variables.both',
      /found old -> both -> old$/,
    ],
    [
      'a variable that reads a later one',
      'variables.old ||',
      'variables.size > 1 ||',
      'later-variable',
      'variables.size > 1',
      /variables\.size, which stands behind/,
    ],
    [
      'all parameters at once',
      'variables.size < params.count',
      'has(params.count)',
      'expression',
      'has(params.count)',
      /params\.NAME/,
    ],
    [
      'a policy that there is not',
      'policy: p\n',
      'policy: pp\n',
      'unknown-policy',
      'policy: pp',
      /name of a policy, found "pp"$/,
    ],
    [
      'a parameter that there is not',
      'label: owner',
      'lable: owner',
      'unknown-parameter',
      'lable:',
      /"lable"; did you mean "label"/,
    ],
    [
      'a parameter of another type',
      'days: 12h',
      'days: 12',
      'parameter-type',
      'days: 12',
      /a duration such as 30d, 12h or 90m, found "12"/,
    ],
    ['a parameter that nobody sets', 'label: owner, ', '', 'missing-parameter', 'policy: p', /parameter label of p/],
    [
      'a rule left out that there is not',
      'without: [a]',
      'without: [d]',
      'unknown-rule',
      'd]',
      /a rule of p, found "d"/,
    ],
  ]; // prettier-ignore
  for (const [what, from, to, code, at, message] of cases) {
    it(what, () => {
      const text = (POLICY + ENVIRONMENT).replace(from, to);
      assert.notEqual(text, POLICY + ENVIRONMENT);
      const [issue] = issuesOf(text).filter((each) => each.code === code);
      assert.ok(issue !== undefined, JSON.stringify(issuesOf(text)));
      const there = text.split('\n')[issue.line - 1]?.slice(issue.column - 1) ?? '';
      assert.ok(there.startsWith(at), `${issue.line}:${issue.column} ${there}: ${issue.message}`);
      assert.match(issue.message, message);
      assert.equal(issue.severity, 'error');
      assert.equal(issue.file, 'f.yaml');
    });
  }
});
