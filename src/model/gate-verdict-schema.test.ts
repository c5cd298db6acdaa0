import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import type { GateVerdict } from './gate-verdict.ts';
import { gateVerdictSchema } from './gate-verdict-schema.ts';
import type { OwnEvidenceReport } from './own-evidence-report.ts';
import { ownEvidenceReportSchema } from './own-evidence-schema.ts';

test('interfaces and schemas of verdicts and own evidence describe the same documents', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: [
    SameShape<GateVerdict, z.infer<typeof gateVerdictSchema>>,
    SameShape<OwnEvidenceReport, z.infer<typeof ownEvidenceReportSchema>>,
  ] = [true, true];
  assert.deepEqual(agree, [true, true]);
});

test('both schemas have a JSON form that refuses unknown members', () => {
  assert.equal(z.toJSONSchema(gateVerdictSchema).additionalProperties, false);
  assert.equal(z.toJSONSchema(ownEvidenceReportSchema).additionalProperties, false);
});
