import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import type { SigningReport } from './signing-report.ts';
import { signingReportSchema } from './signing-report-schema.ts';

test('interface and schema of what was signed describe the same document', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: SameShape<SigningReport, z.infer<typeof signingReportSchema>> = true;
  assert.equal(agree, true);
});

test('the schema of what was signed has a JSON form that refuses unknown members', () => {
  assert.equal(z.toJSONSchema(signingReportSchema).additionalProperties, false);
});
