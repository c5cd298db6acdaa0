import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import type { Verdict } from './verdict.ts';
import { verdictSchema } from './verdict-schema.ts';

test('the interface and the schema of verdicts describe the same document', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: SameShape<Verdict, z.infer<typeof verdictSchema>> = true;
  assert.ok(agree);
  assert.equal(z.toJSONSchema(verdictSchema).additionalProperties, false);
});
