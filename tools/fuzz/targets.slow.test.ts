import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import { fuzzTargets } from '#test/fuzz/list.ts';
import { REGRESSIONS } from '#test/fuzz/regressions/rows.ts';
import { root } from '../lib/files.ts';
import { type Finding, fuzz } from './engine.ts';

const RUNS = 300;

it('the list of targets is the files, sorted, and each has the name of its file', () => {
  const files = readdirSync(resolve(root, 'test/fuzz'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'list.ts')
    .map((entry) => entry.name.replace(/\.ts$/, ''));
  assert.ok(files.length >= 14, `found only ${files.length} targets`);
  assert.deepEqual(
    fuzzTargets.map(({ id }) => id),
    files.toSorted(),
  );
});

describe('a few hundred damaged inputs', () => {
  for (const target of fuzzTargets) {
    it(`${target.id}: only refusals, and what is accepted holds`, async (t) => {
      const findings: Finding[] = [];
      const { runs, accepted } = await fuzz(target, {
        seed: 1,
        runs: target.seeds().length + RUNS,
        millis: Number.POSITIVE_INFINITY,
        coverage: null,
        guided: false,
        before: () => {},
        after: () => {},
        // How long it takes is for the long runs to say: here other tests run beside it.
        found: (finding) => (finding.kind === 'slow' ? 0 : findings.push(finding)),
      });
      t.diagnostic(`${runs} runs, ${accepted} accepted`);
      assert.deepEqual(
        findings.map(({ reason, input }) => `${reason}\n${Buffer.from(input).toString('base64')}`),
        [],
      );
      assert.ok(accepted > 0 && accepted < runs, `${accepted} of ${runs} accepted`);
    });
  }
});

describe('what fuzzing found before', () => {
  for (const { target: id, why, input } of REGRESSIONS) {
    it(`${id}: ${why}`, async () => {
      const target = fuzzTargets.find((candidate) => candidate.id === id);
      assert.ok(target !== undefined);
      try {
        await target.run(Buffer.from(input, 'base64'));
      } catch (error) {
        // A refusal is as good as any other outcome.
        assert.ok(isAppError(error), String(error));
      }
    });
  }
});
