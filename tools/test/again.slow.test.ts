import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runAgain } from './again.ts';
import type { TestResult } from './results.ts';

const BODIES: Readonly<Record<string, string>> = {
  passes: 'undefined',
  fails: "{ throw new Error('as before') }",
  ends: 'process.exit(1)',
};

function failed(file: string, name: string): TestResult {
  return { name, file, kind: 'test', state: 'failed', reason: '' };
}

describe('tests that failed, run again', () => {
  const cases: readonly (readonly [title: string, bodies: readonly string[], isGreen: boolean])[] = [
    ['are flaky when they pass', ['passes'], true],
    ['fail when they fail', ['fails'], false],
    ['fail when their process ends', ['ends'], false],
    ['fail when one of them fails', ['passes', 'fails'], false],
    ['fail when they are in too many files', ['passes', 'passes', 'passes'], false],
    ['fail when there are none: something else was wrong', [], false],
  ];
  for (const [title, bodies, isGreen] of cases) {
    it(title, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'plimsoll-again-'));
      try {
        const files = bodies.map((body, index) => {
          const file = join(folder, `${index}.test.ts`);
          writeFileSync(file, `import { it } from 'node:test';\nit('a test', () => ${BODIES[body] ?? ''});\n`);
          return file;
        });
        const again = await runAgain(
          files.map((file) => failed(file, 'a test')),
          {},
        );
        assert.equal(again.isGreen, isGreen);
        assert.equal(again.flaky.length, isGreen ? files.length : 0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
