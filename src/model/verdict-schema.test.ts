import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import type { OwnEvidenceReport } from './own-evidence-report.ts';
import { ownEvidenceReportSchema } from './own-evidence-schema.ts';
import type { Verdict } from './verdict.ts';
import { verdictSchema } from './verdict-schema.ts';

test('interfaces and schemas of verdicts and own evidence describe the same documents', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: [
    SameShape<Verdict, z.infer<typeof verdictSchema>>,
    SameShape<OwnEvidenceReport, z.infer<typeof ownEvidenceReportSchema>>,
  ] = [true, true];
  assert.deepEqual(agree, [true, true]);
});

test('both schemas have a JSON form that refuses unknown members', () => {
  assert.equal(z.toJSONSchema(verdictSchema).additionalProperties, false);
  assert.equal(z.toJSONSchema(ownEvidenceReportSchema).additionalProperties, false);
});
