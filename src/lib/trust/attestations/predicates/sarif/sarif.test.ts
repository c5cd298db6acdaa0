import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { sarifValidator } from '#test/schemas.ts';
import { predicateReaderContract } from '../contract.ts';
import type { SarifLevel, SarifPredicate } from '../predicate.ts';
import { sarif } from './index.ts';

evidence(
  'trust/predicates-sarif',
  'published',
  'the JSON schema of SARIF 2.1.0, by which the documents of the test are valid',
);

const TYPE = 'https://json.schemastore.org/sarif-2.1.0.json';
const WITNESS = 'https://witness.dev/attestations/sarif/v0.1';
const MESSAGE = { text: 'found' };
const EXTENSION = {
  name: 'pack',
  rules: [{ id: 'X1' }, { id: 'X2', defaultConfiguration: { level: 'error' } }],
};
const TOOL = {
  driver: {
    name: 'analyser',
    version: '1.2.3',
    rules: [
      { id: 'R1', defaultConfiguration: { level: 'error' } },
      { id: 'R2', defaultConfiguration: { level: 'note' } },
      { id: 'R3' },
    ],
  },
  extensions: [EXTENSION],
};
const EXAMPLE = {
  version: '2.1.0',
  runs: [
    {
      tool: TOOL,
      invocations: [{ executionSuccessful: true }],
      results: [
        { ruleId: 'R1', level: 'error', message: MESSAGE, suppressions: [{ kind: 'external', status: 'accepted' }] },
      ],
    },
  ],
};

predicateReaderContract(sarif, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: [
    'version',
    'runs',
    'runs.0',
    'runs.0.tool',
    'runs.0.tool.driver',
    'runs.0.tool.driver.name',
    'runs.0.results.0.message',
    'runs.0.invocations.0.executionSuccessful',
  ],
});

function log(run: object): object {
  return { version: '2.1.0', runs: [{ tool: TOOL, ...run }] };
}

function read(document: unknown, type = TYPE): SarifPredicate {
  const report = sarif.read(document, type, 'x');
  assert.ok(report.kind === 'sarif');
  return report;
}

/** Each result, and the level that it counts as; null: suppressed. */
const RESULTS: readonly (readonly [object, SarifLevel | null])[] = [
  [{}, 'warning'],
  [{ level: 'none' }, 'none'],
  [{ level: 'note' }, 'note'],
  [{ level: 'error' }, 'error'],
  [{ level: 'error', ruleId: 'R2' }, 'error'],
  [{ ruleId: 'R1' }, 'error'],
  [{ ruleId: 'R2' }, 'note'],
  [{ ruleId: 'R3' }, 'warning'],
  [{ ruleId: 'R9' }, 'warning'],
  [{ ruleIndex: 0 }, 'error'],
  [{ ruleIndex: 1 }, 'note'],
  [{ ruleIndex: 99 }, 'warning'],
  [{ ruleIndex: -1, ruleId: 'R1' }, 'error'],
  [{ rule: { index: 1 } }, 'note'],
  [{ rule: { id: 'R1' } }, 'error'],
  [{ rule: { index: 1, toolComponent: { index: 0 } } }, 'error'],
  [{ rule: { index: 0, toolComponent: { index: 0 } } }, 'warning'],
  [{ rule: { index: 0, toolComponent: { index: 7 } } }, 'warning'],
  [{ kind: 'fail', ruleId: 'R1' }, 'error'],
  [{ kind: 'pass', level: 'none' }, 'none'],
  [{ kind: 'informational' }, 'none'],
  [{ level: 'error', suppressions: [] }, 'error'],
  [{ level: 'error', suppressions: [{ kind: 'inSource' }] }, null],
  [{ level: 'error', suppressions: [{ kind: 'external', status: 'accepted' }] }, null],
  [{ level: 'error', suppressions: [{ kind: 'external', status: 'underReview' }] }, 'error'],
  [{ level: 'error', suppressions: [{ kind: 'inSource' }, { kind: 'external', status: 'rejected' }] }, 'error'],
];

test('the level of a result is its own, its rule’s, or warning; suppressed ones count in none', () => {
  for (const [result, level] of RESULTS) {
    const [run] = read(log({ results: [{ ...result, message: MESSAGE }] })).runs;
    const none = { none: 0, note: 0, warning: 0, error: 0 };
    assert.deepEqual(run?.results, level === null ? none : { ...none, [level]: 1 }, JSON.stringify(result));
    assert.equal(run?.suppressed, level === null ? 1 : 0);
  }
});

test('the documents of these tests are valid', { skip: missing('shared-data') }, () => {
  const isValid = sarifValidator();
  const results = RESULTS.map(([result]) => ({ ...result, message: MESSAGE }));
  for (const document of [
    EXAMPLE,
    log({ results }),
    log({}),
    log({ results: [], invocations: [{ executionSuccessful: false }] }),
  ]) {
    assert.ok(isValid(document), JSON.stringify(isValid.errors));
    read(document);
  }
});

test('no results is not the same as none found, and a tool that broke off says so', () => {
  assert.equal(read(log({})).runs[0]?.results, null);
  assert.equal(read(log({ results: null })).runs[0]?.results, null);
  assert.deepEqual(read(log({ results: [] })).runs[0]?.results, { none: 0, note: 0, warning: 0, error: 0 });
  assert.equal(read(log({})).runs[0]?.successful, true);
  const invocations = [{ executionSuccessful: true }, { executionSuccessful: false }];
  assert.equal(read(log({ invocations })).runs[0]?.successful, false);
});

test('the document of the witness attestor lies in a member of its own', () => {
  assert.deepEqual(read({ report: EXAMPLE, reportFileName: 'a.sarif' }, WITNESS), read(EXAMPLE));
  assert.throws(() => read(EXAMPLE, WITNESS), { code: 'PREDICATE_INVALID', message: /"predicate.report"/ });
  assert.throws(() => read({ report: EXAMPLE }), { code: 'PREDICATE_INVALID', message: /"predicate.version"/ });
});

test('what is no log of SARIF 2.1.0 is refused', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ ...EXAMPLE, version: '2.0.0' }, /2.1.0, found "2.0.0"/],
    [{ ...EXAMPLE, runs: [] }, /at least one run, found none/],
    [{ ...EXAMPLE, runs: null }, /"predicate.runs" to be a list/],
    [log({ results: {} }), /a list/],
    [log({ results: [{ message: MESSAGE, level: 'fatal' }] }), /none, note, warning, error, found "fatal"/],
    [log({ results: [{ message: MESSAGE, level: null }] }), /level/],
    [log({ results: [{ level: 'error' }] }), /message/],
  ];
  for (const [document, message] of cases) {
    assert.throws(() => read(document), { code: 'PREDICATE_INVALID', message });
  }
});
