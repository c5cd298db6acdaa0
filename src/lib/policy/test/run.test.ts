import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Facts } from '#model/facts.ts';
import { factsSchema } from '#model/facts-schema.ts';
import type { PolicySet } from '#model/policy.ts';
import { parseDocuments, policySet } from '../documents/index.ts';
import { PolicyError } from '../error.ts';
import { CASE_DEFAULTS, completeFacts } from './case-facts.ts';
import { type CaseSources, type PolicyTestRun, runPolicyTests } from './run.ts';

const POLICY = `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: house }
parameters:
  label: { type: string, description: which, default: owner }
validations:
  - { name: owned, expression: params.label in image.labels, message: nobody owns it }
  - { name: small, expression: image.size < 100, message: it is large, action: warn }
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: strict }
grace: 7d
policies: [{ policy: house, parameters: { label: team } }]
`;

const set: PolicySet = policySet(parseDocuments(POLICY, 'house.yaml'));
const given: Facts = completeFacts({ image: { labels: { owner: 'ada' }, size: 5 } });
const sources: CaseSources = {
  facts: async (path) => await Promise.resolve(completeFacts({ image: { labels: { file: path } } }, given)),
  report: async () => await Promise.resolve(given),
};

async function run(cases: string, head = 'policy: house'): Promise<PolicyTestRun> {
  const text = `apiVersion: plimsoll.dev/v1\nkind: PolicyTest\n${head}\ncases:\n${cases}`;
  return await runPolicyTests(set, [{ path: 'house.test.yaml', text }], sources);
}

async function failuresOf(cases: string, head?: string): Promise<readonly string[]> {
  return (await run(cases, head)).cases.flatMap(({ failures }) => failures);
}

describe('cases of policies', () => {
  it('pass where the verdict is as they say, and cover the rules they name', async () => {
    const { cases, coverage } = await run(`
  - name: owned and small
    facts: { image: { labels: { owner: ada }, size: 5 } }
    expect: { decision: admit, rules: { owned: passed, house/small: passed } }
  - name: neither
    facts: { image: { size: 100 } }
    expect:
      decision: refuse
      rules: { owned: { outcome: failed, effect: deny, message: nobody owns it } }
`);
    assert.deepEqual(cases, [
      { file: 'house.test.yaml', line: 6, name: 'owned and small', failures: [] },
      { file: 'house.test.yaml', line: 9, name: 'neither', failures: [] },
    ]);
    assert.deepEqual(coverage, [
      { rule: 'house/owned', passing: 1, failing: 1 },
      { rule: 'house/small', passing: 1, failing: 0 },
    ]);
  });

  it('fail with what was expected and found, and then cover nothing', async () => {
    const { cases, coverage } = await run(`
  - name: wrong in every way
    facts: { image: { labels: {}, size: 5 } }
    expect:
      decision: admit
      rules: { owned: passed, small: { outcome: passed, effect: warn, message: no }, smal: failed }
`);
    assert.deepEqual(cases[0]?.failures, [
      'expected the decision admit, found refuse (house/owned: nobody owns it)',
      'house/owned: expected passed, found failed (nobody owns it)',
      'house/small: expected the effect warn, found none',
      'house/small: expected the message "no", found ""',
      'expected a rule that there is, found "house/smal"; did you mean "house/small"?',
    ]);
    assert.deepEqual(
      coverage.map(({ passing, failing }) => passing + failing),
      [0, 0],
    );
  });

  it('set parameters, context and the line, over what their file says', async () => {
    const head = `policy: house
parameters: { label: team }
context: { time: 2026-03-01T00:00:00Z }
facts: { image: { labels: { team: blue }, size: 5 } }`;
    assert.deepEqual(
      await failuresOf(
        `
  - { name: of the file, expect: { decision: admit } }
  - { name: its own, parameters: { label: owner }, expect: { decision: refuse } }
  - { name: another part, facts: { image: { size: 500 } }, expect: { decision: warn } }
  - { name: another stage, context: { stage: build }, line: { severity: low }, expect: { decision: admit } }
`,
        head,
      ),
      [],
    );
  });

  it('test an environment with all that it selects', async () => {
    assert.deepEqual(
      await failuresOf(
        `
  - name: of the team
    facts: { image: { labels: { team: blue }, size: 5 } }
    expect: { decision: admit, rules: { house/owned: passed } }
  - name: within the grace window
    facts: { image: { size: 5 }, history: [{ environment: strict, decidedAt: 2025-12-31T00:00:00Z }] }
    expect: { decision: warn, rules: { house/owned: { outcome: failed, effect: warn } } }
`,
        'environment: strict',
      ),
      [],
    );
  });

  it('take exceptions and sources that are written in them', async () => {
    const head = `policy: house
facts: { image: { size: 5 } }
exceptions:
  - metadata: { name: for-now }
    scope: { repositories: [registry.example/app] }
    for: { rules: [house/owned] }
    reason: soon
    owner: ada
    requester: ada
    approver: grace
    ticket: T-1
    requested: 2025-12-01T00:00:00Z
    expires: 2026-01-01T00:00:00.001Z`;
    assert.deepEqual(
      await failuresOf(
        `
  - { name: excepted, expect: { decision: admit, rules: { owned: excepted } } }
  - { name: no longer, context: { time: 2026-01-01T00:00:00.001Z }, expect: { rules: { owned: failed } } }
  - { name: without, exceptions: [], expect: { rules: { owned: failed } } }
`,
        head,
      ),
      [],
    );
  });

  it('take facts and reports of files, and say more over them', async () => {
    assert.deepEqual(
      await failuresOf(`
  - { name: of a report, report: image.json, expect: { decision: admit } }
  - { name: of facts, factsFile: facts.json, expect: { decision: refuse } }
  - { name: and more, report: image.json, facts: { image: { size: 500 } }, expect: { decision: warn } }
`),
      [],
    );
  });

  const one = '\n  - { name: one, expect: { decision: admit } }\n';
  const refused: readonly (readonly [what: string, cases: string, head: string, problem: RegExp])[] = [
    ['an unknown policy', one, 'policy: hose', /house\.test\.yaml: unknown policy: expected .*house, found "hose"/],
    ['an unknown environment', one, 'environment: strikt', /unknown environment: expected .*strict, found "strikt"/],
    ['neither', one, 'context: {}', /expected either policy or environment/],
    ['both', one, 'policy: house\nenvironment: strict', /expected either policy or environment/],
    [
      'an unknown fact',
      '\n  - name: one\n    facts:\n      findings: [{ severty: high }]\n    expect: { decision: admit }\n',
      'policy: house',
      /house\.test\.yaml, line 8, cases > \[0\] > facts > findings > \[0\]: .*"severty"; did you mean "severity"\?/,
    ],
    [
      'a fact of another type',
      '\n  - name: one\n    facts: { image: { created: yesterday } }\n    expect: { decision: admit }\n',
      'policy: house',
      /line 7, cases > \[0\] > facts > image > created: .*found "yesterday"/,
    ],
    ['nothing that is expected', '\n  - { name: one, expect: {} }\n', 'policy: house', /a decision, rules, or both/],
    ['two cases of one name', `${one}${one.slice(1)}`, 'policy: house', /line 7, .*every name of cases once/],
    ['an unknown member', '\n  - { name: one, expects: {} }\n', 'policy: house', /did you mean "expect"/],
    ['a parameter of another type', one, 'policy: house\nparameters: { label: 3 }', /a text/],
    ['an unknown parameter', one, 'policy: house\nparameters: { lable: x }', /lable/],
    ['an unknown member of the line', one, 'policy: house\nline: { severty: high }', /did you mean "severity"/],
    [
      'an exception that is none',
      one,
      'policy: house\nexceptions: [{ metadata: { name: x } }]',
      /house\.test\.yaml: its Exception/,
    ],
    [
      'a report and facts',
      '\n  - { name: one, report: a.json, factsFile: b.json, expect: { decision: admit } }\n',
      'policy: house',
      /either report or factsFile/,
    ],
  ];
  for (const [what, cases, head, problem] of refused) {
    it(`refuse ${what}, naming file and line`, async () => {
      await assert.rejects(run(cases, head), (error: unknown) => {
        assert.ok(error instanceof PolicyError);
        assert.match(error.message, problem);
        return true;
      });
    });
  }

  it('have facts that fit their schema where they say nothing', () => {
    assert.deepEqual(factsSchema.safeParse(CASE_DEFAULTS).error?.issues ?? [], []);
    for (const [part, value] of Object.entries(CASE_DEFAULTS)) {
      assert.ok(!Array.isArray(value) || value.length === 1, part);
    }
  });
});
