import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Fault } from './faults.ts';
import { judgeFaults } from './judge.ts';

const SUM = `export function sum(a: number, b: number): number {
  return a + b;
}
export const unused = 1;
`;
const TEST = `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sum } from './sum.ts';
describe('sum', () => {
  it('adds (1 + 2)', () => assert.equal(sum(1, 2), 3));
  it('adds (1 + 2) again, but is red', () => assert.equal(sum(1, 2), 4));
  it('knows zero', () => assert.equal(sum(0, 0), 0));
  it('is disturbed twice', async () => {
    const { appendFileSync, readFileSync } = await import('node:fs');
    appendFileSync('RUNS', '.');
    assert.equal(readFileSync('RUNS').length > 2 ? sum(1, 2) : 'disturbed', 3);
  });
  it('lacks a tool', { skip: 'needs a tool' }, () => assert.equal(sum(1, 2), 3));
  it('starts another program', async () => {
    const other = await import('./other.ts').catch(() => ({ two: () => -1 }));
    assert.equal(other.two(), 2);
  });
});
`;
const OTHER = `import { sum } from './sum.ts';
export function two(): number {
  return sum(1, 1);
}
`;
const ALONE = `export const answer: number = 42;
export const unread: number = 1;
`;
const ALONE_TEST = `import assert from 'node:assert/strict';
import { it } from 'node:test';
import { answer } from './NAME.ts';
it('knows the answer', () => assert.equal(answer, 42));
`;
const TSCONFIG = `{ "compilerOptions": { "module": "nodenext", "target": "es2024", "noEmit": true, "allowImportingTsExtensions": true },
  "include": ["src"] }`;

describe('mutation', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-fixture-'));
    mkdirSync(join(folder, 'src'));
    const alone = ['one', 'two', 'three'].flatMap((name): readonly (readonly [string, string])[] => [
      [`${name}.ts`, ALONE],
      [`${name}.test.ts`, ALONE_TEST.replace('NAME', name)],
    ]);
    const files = { 'sum.ts': SUM, 'sum.test.ts': TEST, 'other.ts': OTHER, ...Object.fromEntries(alone) };
    for (const [name, text] of Object.entries(files)) {
      // One count for both copies of the tree.
      writeFileSync(join(folder, 'src', name), text.replaceAll('RUNS', join(folder, 'runs')));
    }
    writeFileSync(join(folder, 'tsconfig.json'), TSCONFIG);
  });
  after(() => rmSync(folder, { recursive: true }));

  const plant = (id: string, find: string, replace: string, name: string): Fault => ({
    id,
    why: `${id} matters`,
    file: 'src/sum.ts',
    find,
    replace,
    test: { file: 'src/sum.test.ts', name },
  });

  it('tells caught, survived, skipped and invalid faults apart', async () => {
    const faults = [
      plant('caught', 'a + b', 'a - b', 'adds (1 + 2)'),
      plant('survived', 'a + b', 'a - b', 'knows zero'),
      plant('skipped', 'a + b', 'a - b', 'lacks a tool'),
      plant('caught when asked again', 'a + b', 'a - b', 'is disturbed twice'),
      plant('red before', 'a + b', 'a - b', 'adds (1 + 2) again, but is red'),
      plant('no such test', 'a + b', 'a - b', 'adds'),
      plant('no such text', 'a * b', 'a - b', 'adds (1 + 2)'),
      plant('text twice', 'number', 'any', 'adds (1 + 2)'),
      plant('no change', 'a + b', 'a + b', 'adds (1 + 2)'),
      plant('syntax', 'a + b', 'a +', 'adds (1 + 2)'),
      plant('syntax behind a dynamic import', 'return a + b;', 'return (', 'starts another program'),
      plant('unknown name', 'a + b', 'a + c', 'adds (1 + 2)'),
      plant('missing export', 'function sum', 'function total', 'adds (1 + 2)'),
      plant('hollow module', 'export const unused = 1;', "throw new Error('no');", 'adds (1 + 2)'),
    ];
    const judgements = await judgeFaults(folder, faults);
    const verdicts = Object.fromEntries(judgements.map(({ fault, verdict }) => [fault.id, verdict]));
    assert.deepEqual(verdicts, {
      ...Object.fromEntries(faults.map(({ id }) => [id, 'invalid'])),
      caught: 'caught',
      'caught when asked again': 'caught',
      survived: 'survived',
      skipped: 'skipped',
    });
    assert.equal(readFileSync(join(folder, 'src/sum.ts'), 'utf8'), SUM, 'the original stays as it is');
  });

  it('judges faults together that have nothing to do with each other, each by its own test', async () => {
    const far = (name: string, find: string, replace: string): Fault => ({
      id: name,
      why: `${name} matters`,
      file: `src/${name}.ts`,
      find,
      replace,
      test: { file: `src/${name}.test.ts`, name: 'knows the answer' },
    });
    const faults = [far('one', '42', '41'), far('two', '= 1', '= 2'), far('three', '42', 'Number.NaN')];
    const judgements = await judgeFaults(folder, faults);
    assert.deepEqual(
      judgements.map(({ fault, verdict, detail }) => [fault.id, verdict, detail]),
      [
        ['one', 'caught', ''],
        ['two', 'survived', 'two matters'],
        ['three', 'caught', ''],
      ],
    );
  });
});
