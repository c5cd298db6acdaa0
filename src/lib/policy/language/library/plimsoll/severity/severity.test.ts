import assert from 'node:assert/strict';
import { it } from 'node:test';
import { evaluate, libraryContract } from '../../contract.ts';
import { severity } from './index.ts';

libraryContract(severity, {
  holds: [
    'severity("high") == severity.high && severity("unknown") == severity.unknown && severity.high != severity.low',
    'severity.none < severity.low && severity.low < severity.medium && severity.medium < severity.high && severity.high < severity.critical',
    'severity.low <= severity.low && !(severity.high <= severity.low) && severity.critical > severity.none && !(severity.low > severity.low)',
    'severity.medium >= severity.medium && severity.high >= severity.medium && !(severity.low >= severity.medium)',
    'string(severity.medium) == "medium" && dyn(severity.high) != "high"',
  ],
  errors: [
    [
      'severity("High") == severity.high',
      /no severity: "High"; expected one of critical, high, medium, low, none, unknown/,
    ],
    ['severity("") == severity.none', /no severity/],
  ],
});

it('what nobody has rated is never below a line', () => {
  for (const line of ['critical', 'high', 'medium', 'low', 'none', 'unknown']) {
    assert.equal(evaluate(`severity.unknown >= severity.${line}`), true, line);
    assert.equal(evaluate(`severity.unknown < severity.${line}`), false, line);
    assert.equal(evaluate(`severity.${line} <= severity.unknown`), true, line);
  }
});
