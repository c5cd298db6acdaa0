import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { rpm } from './index.ts';

evidence('versions/rpm', 'real tool', 'rpm.ver of rpm 4.18 on 4000 generated pairs');
evidence('versions/rpm', 'published', 'version-order file of osv-scalibr');

const segment = fc.constantFrom(
  '0',
  '1',
  '01',
  '2',
  '10',
  '20240101',
  '99999999999999999999991',
  'a',
  'b',
  'rc',
  'el',
  'B',
  'é',
);
const separator = fc.constantFrom('', '.', '.', '_', '+', '..', '~', '~', '^', '^', '~^');
const part = fc
  .tuple(segment, fc.array(fc.tuple(separator, segment), { maxLength: 3 }), separator)
  .map(([first, more, last]) => `${first}${more.flat().join('')}${last}`);
const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', '', '0:', '00:', '1:', '10:'),
    part,
    fc.oneof(
      fc.constant(''),
      fc.constant('-'),
      part.map((release) => `-${release}`),
    ),
  )
  .map((parts) => parts.join(''));

versionSchemeContract(rpm, {
  arbitrary,
  ascending: [
    '1.0~',
    '1.0~rc1-1',
    '1.0~rc1^git1-1',
    '1.0~rc2-1',
    '1.0',
    '1.0-',
    '1.0-0',
    '1.0-1~beta',
    '1.0-1',
    '1.0-1.el9',
    '1.0-1.el9_4',
    '1.0-2',
    '1.0-10',
    '1.0^',
    '1.0^20240101-1',
    '1.0a-1',
    '1.0.1-1',
    '1.2-1',
    '1.10-1',
    '2a',
    '1:0.1-1',
    '2:0.0-1',
    '10:0~-1',
  ],
  invalid: ['', ':', ':1', '1:', '-', '-1', '1:-1', '1 ', ' 1', '1\t2', '1\n', '1\u0000', '1\u007f'],
});

versionVectors(rpm, { file: 'redhat-versions.txt', minimum: 130, errors: {} });

it('rpm: the order is the one of a real rpm', { skip: missing('rpm') }, () => {
  const pairs = fc.sample(
    fc.oneof(
      fc.tuple(arbitrary, arbitrary),
      fc
        .tuple(arbitrary, separator, segment)
        .map(([a, between, more]): [string, string] => [a, `${a}${between}${more}`]),
      fc.tuple(arbitrary, separator).map(([a, between]): [string, string] => [a, a.replace('.', between)]),
    ),
    { numRuns: 4000, seed: 1 },
  );
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-versions-'));
  try {
    const file = join(folder, 'pairs');
    writeFileSync(file, pairs.map((pair) => `${pair.join(' ')}\n`).join(''));
    const script = `for line in io.lines('${file}') do
      local a, b = line:match('(%S+) (%S+)')
      local x, y = rpm.ver(a), rpm.ver(b)
      print(a .. (x < y and ' < ' or x == y and ' = ' or ' > ') .. b .. '\\n')
    end`;
    const theirs = execFileSync('rpm', ['--eval', `%{lua: ${script}}`], { encoding: 'utf8', maxBuffer: 1 << 24 });
    const ours = pairs.map(([a, b]) => `${a} ${'<=>'[orderOf(rpm, a, b) + 1]} ${b}`);
    assert.deepEqual(
      ours,
      theirs.split('\n').filter((line) => line !== ''),
    );
    for (const sign of [' < ', ' = ', ' > ']) {
      assert.ok(ours.filter((line) => line.includes(sign)).length > 100, sign);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
