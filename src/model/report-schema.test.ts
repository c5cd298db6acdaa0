import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SameShape } from '#test/fixtures/same-shape.ts';
import { SEVERITIES } from './advisory.ts';
import type { Report } from './report.ts';
import { reportSchema } from './report-schema.ts';

test('interface and schema describe the same document', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: SameShape<Report, z.infer<typeof reportSchema>> = true;
  assert.equal(agree, true);
});

test('the schema has a JSON form that knows every severity and refuses unknown members', () => {
  const schema = z.toJSONSchema(reportSchema);
  assert.equal(schema.additionalProperties, false);
  const text = JSON.stringify(schema);
  assert.ok(text.includes(JSON.stringify(SEVERITIES)));
});
