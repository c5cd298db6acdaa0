import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from './options.ts';
import { parseOutputs } from './outputs.ts';

test('durations are a number with a unit', () => {
  assert.equal(parseDuration('90s', '--timeout'), 90_000);
  assert.equal(parseDuration('5m', '--timeout'), 300_000);
  assert.equal(parseDuration('1h', '--timeout'), 3_600_000);
  assert.equal(parseDuration('596h', '--timeout'), 2_145_600_000);
  for (const text of ['597h', '35761m', '', 's', '5', '0s', '-5m', '1.5h', '5 m', '1d', '99999999s']) {
    assert.throws(() => parseDuration(text, '--timeout'), { code: 'USAGE', object: '--timeout' }, text);
  }
});

const FORMATS = ['table', 'json'] as const;

test('outputs are formats with or without a file, a table by default', () => {
  assert.deepEqual(parseOutputs([], FORMATS), [{ format: 'table', file: null }]);
  const [screen, file] = parseOutputs(['table', 'json=/tmp/a=b.json'], FORMATS);
  assert.deepEqual(screen, { format: 'table', file: null });
  assert.deepEqual(file, { format: 'json', file: '/tmp/a=b.json' });
  for (const texts of [['xml'], ['json='], ['json', 'table'], ['=file'], ['json=a', 'table=./a']]) {
    assert.throws(() => parseOutputs(texts, FORMATS), { code: 'USAGE' });
  }
});
