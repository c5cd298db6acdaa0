import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import type { EvidenceReport } from './evidence.ts';
import { evidenceReportSchema } from './evidence-schema.ts';

test('interface and schema of evidence describe the same document', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: SameShape<EvidenceReport, z.infer<typeof evidenceReportSchema>> = true;
  assert.equal(agree, true);
});

test('the schema of evidence has a JSON form that refuses unknown members', () => {
  assert.equal(z.toJSONSchema(evidenceReportSchema).additionalProperties, false);
});
