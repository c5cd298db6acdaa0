import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import { expiredIssues, parseDocuments, policySet, readPolicyFiles } from './index.ts';

const HEAD = 'apiVersion: plimsoll.dev/v1\n';
const POLICY = `${HEAD}kind: Policy
metadata: { name: age }
parameters:
  days: { type: duration, description: d, default: 30d }
match: { repositories: [registry.example/**], platforms: [linux/amd64] }
variables:
  - { name: old, expression: age(image.created) > params.days }
validations:
  - name: young
    expression: "!variables.old"
    message: too old
    action: deny
`;
const ENVIRONMENT = `${HEAD}kind: Environment
metadata: { name: production }
policies:
  - policy: age
    parameters: { days: 7d }
maximumAge: 180d
tolerated: [{ kind: unreadable, paths: [/opt/**], reason: r }]
`;
const EXCEPTION = `${HEAD}kind: Exception
metadata: { name: accepted }
scope: { repositories: [registry.example/app], packages: ["pkg:npm/lodash"] }
for: { rules: [age/young] }
reason: r
owner: team
requester: Ann@example.com
approver: bob@example.com
ticket: SEC-1
requested: 2026-01-01T00:00:00Z
expires: 2026-03-01T00:00:00Z
`;
const SOURCE = `${HEAD}kind: Source
metadata: { name: acme }
bases:
  - { name: debian, layers: ["sha256:${'1'.repeat(64)}"], released: 2026-01-01T00:00:00Z }
packages:
  - { package: "pkg:npm/%40acme/*", from: ["https://npm.example/"] }
`;

describe('a document is refused with file, line, column and what was expected', () => {
  const cases: readonly (readonly [what: string, text: string, from: string, to: string, message: RegExp])[] = [
    ['not YAML', POLICY, 'name: age }', 'name: age', /line 4, column 1: expected valid YAML/],
    [
      'a key twice',
      POLICY,
      'message: too old',
      'message: too old\n    message: x',
      /line 13, column 5: expected every key once, found "message: x" again/,
    ],
    ['a key that is no text', POLICY, 'match:', '1: 2\nmatch:', /line 6, column 1: expected keys that are texts/],
    [
      'an unknown kind',
      POLICY,
      'kind: Policy',
      'kind: Polcy',
      /line 2, column 1, kind: expected one of "Policy"\|"Environment"\|.*found "Polcy"/,
    ],
    ['no kind', POLICY, 'kind: Policy\n', '', /line 1, column 1, kind: expected one of .*, found nothing/],
    [
      'no document',
      POLICY,
      POLICY,
      '- a\n',
      /line 1, column 1: expected a document: a map with apiVersion, kind and metadata, found a list/,
    ],
    ['nothing', POLICY, POLICY, '# nothing\n', /line 1, column 1: expected a document of policy, found nothing/],
    [
      'another version',
      POLICY,
      '/v1',
      '/v2',
      /line 1, column 1, apiVersion: expected "plimsoll\.dev\/v1", found "plimsoll\.dev\/v2"/,
    ],
    [
      'an unknown field',
      POLICY,
      'validations:',
      'validatoins:',
      /line 9, column 1: expected a key that there is, found "validatoins"; did you mean "validations"\?/,
    ],
    [
      'an unknown field of a rule',
      POLICY,
      'action: deny',
      'actoin: deny',
      /line 13, column 5, validations > \[0\]: expected a key that there is, found "actoin"; did you mean "action"\?/,
    ],
    [
      'an unknown field of a parameter',
      POLICY,
      'default: 30d',
      'value: 30d',
      /line 5, column \d+, parameters > days: expected a key that there is, found "value"/,
    ],
    [
      'an expression that is no text',
      POLICY,
      '"!variables.old"',
      'true',
      /line 11, column 5, validations > \[0\] > expression: expected an expression of CEL as text, found "true"/,
    ],
    ['an empty expression', POLICY, '"!variables.old"', '" "', /expected an expression of CEL as text, found " "/],
    [
      'an unknown action',
      POLICY,
      'action: deny',
      'action: block',
      /line 13, .*action: expected one of "deny"\|"warn"\|"audit", found "block"/,
    ],
    [
      'no rules',
      POLICY,
      POLICY.slice(POLICY.indexOf('  - name: young')),
      '  []\n',
      /validations: expected at least one validation, found a list/,
    ],
    [
      'two rules of one name',
      POLICY,
      'action: deny',
      'action: deny\n  - { name: young, expression: "1==1", message: m }',
      /line 14, column \d+, validations > \[1\] > name: expected every name of validations once, found "young"/,
    ],
    [
      'a name that is none',
      POLICY,
      'name: young',
      'name: a/b',
      /line 10, .*expected a name of letters, digits, \. _ and -.*found "a\/b"/,
    ],
    [
      'a variable named as a word of the language',
      POLICY,
      'name: old',
      'name: in',
      /expected a name of letters, digits and _.*found "in"/,
    ],
    [
      'a parameter of an unknown type',
      POLICY,
      'type: duration',
      'type: time',
      /parameters > days > type: expected one of "bool"\|.*found "time"/,
    ],
    [
      'a default of another type',
      POLICY,
      'default: 30d',
      'default: 30',
      /parameters > days > default: expected a duration such as 30d, 12h or 90m, found "30"/,
    ],
    [
      'a pattern that matches parts of names',
      POLICY,
      'registry.example/**',
      'registry.example/app*',
      /match > repositories > \[0\]: expected a \* that is a whole segment/,
    ],
    ['a platform that is none', POLICY, 'linux/amd64', 'amd64', /expected a platform such as linux\/amd64/],
    [
      'no policies',
      ENVIRONMENT,
      ENVIRONMENT.slice(ENVIRONMENT.indexOf('policies'), ENVIRONMENT.indexOf('maximumAge')),
      '',
      /line 1, .*policies: expected a list of policies, found nothing/,
    ],
    [
      'a policy twice',
      ENVIRONMENT,
      'maximumAge',
      '  - { policy: age }\nmaximumAge',
      /line 7, column \d+, policies > \[1\] > policy: expected every policy once, found "age"/,
    ],
    [
      'a duration that is none',
      ENVIRONMENT,
      '180d',
      '6 months',
      /line 7, column 1, maximumAge: expected a duration such as 30d, 12h or 90m, found "6 months"/,
    ],
    [
      'an unknown that there is not',
      ENVIRONMENT,
      'kind: unreadable',
      'kind: unread',
      /tolerated > \[0\] > kind: expected one of "integrity"/,
    ],
    ['a path that is not absolute', ENVIRONMENT, '/opt/**', 'opt', /paths > \[0\]: expected an absolute path/],
    [
      'an exception without an end',
      EXCEPTION,
      'expires: 2026-03-01T00:00:00Z\n',
      '',
      /expires: expected a date and time such as/,
    ],
    [
      'an end that is no instant',
      EXCEPTION,
      '2026-03-01T00:00:00Z',
      'never',
      /line 12, .*expires: expected a date and time such as .*found "never"/,
    ],
    ['an end that does not exist', EXCEPTION, '2026-03-01', '2026-02-30', /expires: expected a date and time such as/],
    [
      'an end before its request',
      EXCEPTION,
      '2026-03-01',
      '2025-12-31',
      /line 12, column 1, expires: expected a time after requested/,
    ],
    [
      'an end at its request',
      EXCEPTION,
      'expires: 2026-03-01',
      'expires: 2026-01-01',
      /expected a time after requested/,
    ],
    [
      'an approver who asked',
      EXCEPTION,
      'bob@example.com',
      '" ann@EXAMPLE.com "',
      /line 9, column 1, approver: expected somebody else than the requester, found " ann@EXAMPLE\.com "/,
    ],
    [
      'an exception for everything',
      EXCEPTION,
      '{ repositories: [registry.example/app], packages: ["pkg:npm/lodash"] }',
      '{}',
      /scope: expected at least one of digests, repositories and packages/,
    ],
    [
      'an exception for every image',
      EXCEPTION,
      'repositories: [registry.example/app], packages: ["pkg:npm/lodash"]',
      'repositories: ["**"]',
      /scope > repositories > \[0\]: expected a narrower pattern/,
    ],
    [
      'an exception from nothing',
      EXCEPTION,
      '{ rules: [age/young] }',
      '{}',
      /for: expected at least one of rules and findings/,
    ],
    [
      'a package that is narrowed unseen',
      EXCEPTION,
      'pkg:npm/lodash',
      'pkg:npm/lodash?x=y',
      /expected a package URL .*without qualifiers/,
    ],
    [
      'a digest that is none',
      EXCEPTION,
      'repositories: [registry.example/app]',
      'digests: [sha256:12]',
      /scope > digests > \[0\]: expected a digest/,
    ],
    [
      'a base without layers',
      SOURCE,
      /layers: \[.*?\]/.exec(SOURCE)?.[0] ?? '',
      'layers: []',
      /bases > \[0\] > layers: expected at least one layer/,
    ],
    [
      'a pin of a version',
      SOURCE,
      '%40acme/*',
      '%40acme/x@1',
      /packages > \[0\] > package: expected a package URL without a version/,
    ],
    ['a pin of a part of a name', SOURCE, '%40acme/*', '%40acme/x*', /expected a package URL without a version/],
    [
      'aliases without end',
      POLICY,
      'message: too old',
      'message: [&a [x, x], *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]',
      /expected at most 16 aliases|expected a text/,
    ],
    [
      'text that is no Unicode',
      POLICY,
      'message: too old',
      'message: "\\ud800"',
      /line 1, column 1: expected text that is well-formed Unicode/,
    ],
    [
      'more parameters than anybody needs',
      ENVIRONMENT,
      '{ days: 7d }',
      `{ ${Array.from({ length: 257 }, (_, index) => `p${index}: 1`).join(', ')} }`,
      /policies > \[0\] > parameters: expected at most 256 parameters/,
    ],
    [
      'brackets without end',
      POLICY,
      'message: too old',
      `message: ${'['.repeat(20_000)}`,
      /expected (?:a few levels of YAML|valid YAML)/,
    ],
  ]; // prettier-ignore
  for (const [what, text, from, to, message] of cases) {
    it(what, () => {
      const changed = text.replace(from, () => to);
      assert.notEqual(changed, text);
      assert.throws(() => parseDocuments(changed, 'f.yaml'), { code: 'POLICY_DOCUMENT_INVALID', message });
      assert.throws(() => parseDocuments(changed, 'f.yaml'), { message: /^f\.yaml, line \d+, column \d+/ });
    });
  }

  it('of a file that is no text', () => {
    assert.throws(() => parseDocuments(new Uint8Array([0xff, 0xfe]), 'f.yaml'), {
      code: 'POLICY_DOCUMENT_INVALID',
      message: /expected text in UTF-8/,
    });
  });

  it('of a file that is too large, with too many documents, of a folder with too many files', () => {
    assert.throws(() => parseDocuments(`${POLICY}#${' '.repeat(LIMITS.policyFileBytes)}`, 'f.yaml'), {
      code: 'LIMIT_EXCEEDED',
    });
    assert.throws(() => parseDocuments('a: 1\n---\n'.repeat(300), 'f.yaml'), { code: 'LIMIT_EXCEEDED' });
    const files = Array.from({ length: LIMITS.policyFiles + 1 }, (_, index) => ({
      path: `${index}.yaml`,
      bytes: new Uint8Array(),
    }));
    assert.throws(() => readPolicyFiles(files), { code: 'LIMIT_EXCEEDED' });
  });
});

it('all that is wrong in a file is told, and its other documents are read', () => {
  const text = `${POLICY.replace('message: too old', 'mesage: x')}---\n${ENVIRONMENT}---\n${EXCEPTION.replace('SEC-1', '{}')}`;
  const { documents, issues } = readPolicyFiles([{ path: 'f.yaml', bytes: Buffer.from(text) }]);
  assert.deepEqual(
    documents.map(({ kind, name }) => [kind, name]),
    [['Environment', 'production']],
  );
  assert.deepEqual(
    issues.map(({ code, line, column, place }) => `${code} ${line}:${column} ${place}`),
    [
      'unknown-field 12:5 validations > [0]',
      'invalid-value 10:5 validations > [0] > message',
      'invalid-value 33:1 ticket',
    ],
  );
});

it('two environments of one name are told with both files and lines', () => {
  const one = parseDocuments(ENVIRONMENT, 'a.yaml');
  const two = parseDocuments(`${POLICY}---\n${ENVIRONMENT}`, 'b.yaml');
  assert.throws(() => policySet([...one, ...two]), {
    code: 'POLICY_SET_INVALID',
    message:
      'b.yaml, line 17, column 13, metadata > name: expected a name that no other document of kind Environment has, found "production", which a.yaml, line 3 has',
  });
  const files = ['a.yaml', 'b.yaml'].map((path) => ({ path, bytes: Buffer.from(ENVIRONMENT) }));
  assert.deepEqual(
    readPolicyFiles(files).issues.map(({ code, file }) => [code, file]),
    [['name-taken', 'b.yaml']],
  );
});

it('an exception whose end is past is told, from its very instant on', () => {
  const documents = parseDocuments(EXCEPTION, 'e.yaml');
  const end = Date.parse('2026-03-01T00:00:00Z');
  assert.deepEqual(expiredIssues(documents, end - 1), []);
  const [issue] = expiredIssues(documents, end);
  assert.deepEqual([issue?.severity, issue?.code, issue?.line, issue?.column], ['error', 'expired', 12, 1]);
  assert.match(issue?.message ?? '', /expected a time after now \(2026-03-01T00:00:00\.000Z\), found 2026-03-01/);
});
