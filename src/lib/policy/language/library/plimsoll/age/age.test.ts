import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compile, createMeter, POLICY_LIBRARIES } from '../../../index.ts';
import { libraryContract } from '../../contract.ts';
import { age } from './index.ts';

libraryContract(age, {
  holds: [
    'age(timestamp("2025-12-31T00:00:00Z")) == days(1) && age(timestamp("2026-01-03T00:00:00Z")) == days(-2)',
    'days(30) == duration("720h") && days(-1) == duration("-24h") && days(0) == duration("0s")',
  ],
  errors: [['days(106752) == days(0)', /duration out of range/]],
});

it('an age tells when the answer turns', () => {
  const now = 1_767_225_600_000_000_000n;
  const day = 86_400_000_000_000n;
  const meter = createMeter(1000, now);
  const compiled = compile('age(timestamp("2025-12-31T00:00:00Z")) < days(3)', {
    variables: new Map(),
    libraries: POLICY_LIBRARIES,
    container: '',
    checked: true,
  });
  assert.ok(compiled.ok);
  assert.equal(compiled.program.readsTime, true);
  assert.equal(
    compiled.program.evaluate(() => assert.fail(), meter),
    true,
  );
  assert.equal(meter.horizon, now + 2n * day);
});
