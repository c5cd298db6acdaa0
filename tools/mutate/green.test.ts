import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestResult } from '../test/results.ts';
import type { Fault } from './faults.ts';
import { greenBefore } from './green.ts';

const unit = (name: string, state: TestResult['state'], file = 'tools/test/unit-1.ts'): TestResult => ({
  name,
  file,
  kind: 'test',
  state,
  reason: '',
});
const fault = (name: string, file: string): Fault => ({
  id: name,
  why: '',
  file: 'src/a.ts',
  find: 'a',
  replace: 'b',
  test: { name, file },
});
const RESULTS = [
  unit('passed', 'passed'),
  unit('twice', 'passed'),
  unit('twice', 'failed', 'tools/test/unit-2.ts'),
  unit('skipped', 'skipped'),
  unit('whole', 'passed', 'test/e2e/whole.test.ts'),
  unit('property', 'passed'),
];
const CASES = [
  ['what has passed', fault('passed', 'src/a.test.ts'), true],
  ['what has passed here and failed there', fault('twice', 'src/a.test.ts'), false],
  ['what was skipped', fault('skipped', 'src/a.test.ts'), false],
  ['what was not run', fault('absent', 'src/a.test.ts'), false],
  ['what has passed in its own file', fault('whole', 'test/e2e/whole.test.ts'), true],
  ['what has passed by another seed', fault('property', 'property.test.ts'), false],
  ['what has passed in the file of others', fault('whole', 'test/e2e/other.test.ts'), false],
] as const;

for (const [name, one, isGreen] of CASES) {
  test(`${name} is ${isGreen ? '' : 'not '}green`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-green-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'results.json');
    writeFileSync(file, JSON.stringify(RESULTS));
    writeFileSync(join(folder, 'property.test.ts'), "import fc from 'fast-check';");
    assert.equal(greenBefore(folder, file, [one]).has(one), isGreen);
  });
}
