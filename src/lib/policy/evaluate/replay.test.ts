import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { AppError } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { evidence } from '#test/evidence.ts';
import { sampleFacts } from '#test/fixtures/facts.ts';
import { exceptionOf, policyOf, requestOf } from '#test/fixtures/policy-request.ts';
import { PolicyError } from '../error.ts';
import { evaluate } from './evaluate.ts';
import { parseRecord, recordOf, replay } from './replay.ts';

evidence('policy/verdict', 'self-made', 'records, and what was changed in them');

const parts = {
  policies: [
    policyOf('p', { a: 'findings.size() == 0', b: 'age(image.created) < duration("24h")' }),
    policyOf('q', { a: 'packages.all(p, p.name.startsWith("@acme/"))' }),
  ],
  exceptions: [exceptionOf('x', { digests: [sampleFacts.image.digest] }, { findings: ['CVE-2026-1'] })],
};
const request = requestOf(parts);
const record = recordOf(evaluate(request));

describe('a record', () => {
  it('is read as the verdict it was, and replayed to the same bytes', () => {
    assert.deepEqual(parseRecord(record, 'r'), JSON.parse(record));
    const { same, differences } = replay(
      Buffer.from(record),
      'r',
      requestOf(JSON.parse(JSON.stringify(parts)) as typeof parts),
    );
    assert.deepEqual([same, differences], [true, []]);
  });

  it('is the same in another process', () => {
    const program = `
      import { evaluate, recordOf } from '#lib/policy/index.ts';
      import { requestOf } from '#test/fixtures/policy-request.ts';
      process.stdout.write(recordOf(evaluate(requestOf(${JSON.stringify(parts)}))));`;
    const other = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(other, record);
  });

  it('of other facts tells what is another now', () => {
    const { same, differences } = replay(record, 'r', requestOf({ ...parts, facts: { packages: [] } }));
    assert.equal(same, false);
    assert.deepEqual(differences.map(({ member }) => member).slice(0, 1), ['inputs > facts']);
  });

  it('that was changed tells where', () => {
    const { same, differences } = replay(record.replace('"decision":"refuse"', '"decision":"admit"'), 'r', request);
    assert.equal(same, false);
    assert.deepEqual(differences, [{ member: 'decision', recorded: '"admit"', now: '"refuse"' }]);
  });

  it('with the same members in other bytes is another record', () => {
    const { same, differences } = replay(JSON.stringify(JSON.parse(record), null, 1), 'r', request);
    assert.equal(same, false);
    assert.deepEqual(
      differences.map(({ member }) => member),
      [''],
    );
  });

  it('that is none is refused with what was expected', () => {
    const verdict = JSON.parse(record) as Record<string, unknown>;
    const broken: readonly (readonly [string, RegExp])[] = [
      ['{', /JSON/],
      ['{"a":1,"a":2}', /JSON/],
      ['[]', /expected a verdict/],
      [JSON.stringify({ ...verdict, more: 1 }), /more/],
      [JSON.stringify({ ...verdict, decision: 'pass' }), /decision/],
      [JSON.stringify({ ...verdict, schemaVersion: '3.0' }), /schemaVersion/],
      [JSON.stringify({ ...verdict, engine: { name: 'plimsoll', version: 99 } }), /engine version 1, found version 99/],
    ];
    for (const [text, message] of broken) {
      assert.throws(
        () => replay(text, 'the record', request),
        (error) =>
          error instanceof PolicyError && error.code === 'POLICY_RECORD_INVALID' && message.test(error.message),
        text.slice(0, 50),
      );
    }
  });

  it('whatever it holds is a verdict or an error of ours', () => {
    fc.assert(
      fc.property(
        fc.nat(record.length),
        fc.nat(20),
        fc.string({ unit: 'binary', maxLength: 8 }),
        (at, length, text) => {
          const changed = record.slice(0, at) + text + record.slice(at + length);
          try {
            assert.equal(recordOf(parseRecord(changed, 'r')), canonicalJson(JSON.parse(changed)));
          } catch (error) {
            assert.ok(error instanceof AppError, String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has one digest', () => {
    assert.equal(digestOf(record), digestOf(recordOf(evaluate(request))));
  });
});
