import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { Digest } from '#base/digest.ts';
import { SEVERITIES } from './advisory.ts';
import type { Report } from './report.ts';
import { reportSchema } from './report-schema.ts';

/** The interface as JSON has it: digests are strings, nothing is read-only. */
type AsJson<T> = T extends Digest
  ? string
  : T extends readonly (infer Item)[]
    ? AsJson<Item>[]
    : T extends object
      ? { -readonly [Member in keyof T]: AsJson<T[Member]> }
      : T;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends readonly (infer Item)[]
  ? Flat<Item>[]
  : T extends object
    ? { [Member in keyof T]: Flat<T[Member]> }
    : T;

test('interface and schema describe the same document', () => {
  // Fails to compile as soon as one of the two gains, loses or loosens a member.
  const agree: Same<Flat<AsJson<Report>>, Flat<z.infer<typeof reportSchema>>> = true;
  assert.equal(agree, true);
});

test('the schema has a JSON form that knows every severity and refuses unknown members', () => {
  const schema = z.toJSONSchema(reportSchema);
  assert.equal(schema.additionalProperties, false);
  const text = JSON.stringify(schema);
  assert.ok(text.includes(JSON.stringify(SEVERITIES)));
});
