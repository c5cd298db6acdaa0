import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import type { Explanation } from './explanation.ts';
import { explanationSchema } from './explanation-schema.ts';

test('the interface and the schema of explanations describe the same document', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: SameShape<Explanation, z.infer<typeof explanationSchema>> = true;
  assert.ok(agree);
  assert.equal(z.toJSONSchema(explanationSchema).additionalProperties, false);
});
