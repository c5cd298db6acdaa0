import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import { FACT_PARTS, type Facts, type FactsManifest } from './facts.ts';
import { type contextSchema, type factsManifestSchema, factsSchema } from './facts-schema.ts';
import type { PolicyContext } from './policy.ts';

test('interfaces and schemas of facts and context describe the same documents', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const facts: SameShape<Facts, z.infer<typeof factsSchema>> = true;
  const context: SameShape<PolicyContext, z.infer<typeof contextSchema>> = true;
  const manifest: SameShape<FactsManifest, z.infer<typeof factsManifestSchema>> = true;
  assert.ok(facts && context && manifest);
});

test('the schema has a JSON form, and the parts of facts are its members', () => {
  const schema = z.toJSONSchema(factsSchema);
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(Object.keys(factsSchema.shape), FACT_PARTS);
});
