import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missing } from '#test/prerequisites.ts';
import { sampleReport } from '#test/samples/report.ts';
import { sampleVerdict } from '#test/samples/verdict.ts';
import { sarifValidator } from '#test/schemas.ts';
import { renderSarif } from './index.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly suppressions?: readonly { readonly justification: string }[];
}

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly Result[];
      readonly properties: { readonly verdict?: { readonly decision: string } };
    },
  ];
}

const log = JSON.parse(renderSarif([sampleReport({ verdict: sampleVerdict })])) as Log;
const [{ results, tool, properties }] = log.runs;

describe('a verdict in SARIF', () => {
  it('fits the schema', { skip: missing('shared-data') }, () => {
    const isValid = sarifValidator();
    assert.ok(isValid(log), JSON.stringify(isValid.errors));
  });

  it('is a result for each rule that was broken, as loud as what came of it', () => {
    const ofPolicies = results.filter(({ ruleId }) => ruleId.startsWith('policy/'));
    assert.deepEqual(
      ofPolicies.map(({ ruleId, level }) => [ruleId, level]),
      [
        ['policy/a/deny', 'error'],
        ['policy/a/error', 'error'],
        ['policy/a/excepted', 'error'],
        ['policy/a/grace', 'warning'],
        ['policy/a/noted', 'note'],
      ],
    );
    assert.equal(ofPolicies[0]?.message.text, 'it is old. Build it anew.');
    assert.match(ofPolicies[1]?.message.text ?? '', /^Could not be evaluated: divide by zero\./);
    for (const { ruleId, ruleIndex } of ofPolicies) {
      assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
    }
    assert.equal(properties.verdict?.decision, 'refuse');
  });

  it('suppresses what an exception lets, and says of all other results that they are not', () => {
    for (const { ruleId, suppressions } of results) {
      assert.equal(suppressions?.length, ruleId === 'policy/a/excepted' ? 1 : 0, ruleId);
    }
  });
});
