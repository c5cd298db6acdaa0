import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { STATIC_STEPS } from '../check/steps.ts';

// The steps of `npm run check` as tests, so that one closing summary speaks for all of `npm test`.
describe('npm run check', () => {
  for (const step of STATIC_STEPS) {
    it(step.name, async () => {
      const { status, output } = await step.run([]);
      assert.equal(status, 0, `\n${output}`);
    });
  }
});
