import fc from 'fast-check';
import { z } from 'zod';
import type { Facts } from '#model/facts.ts';
import { factsSchema } from '#model/facts-schema.ts';

/** Texts that rules compare with, or take apart. */
const WORDS = [
  '',
  'root',
  '0:0',
  ':',
  'release',
  'staging',
  'debian',
  'KEV',
  'PASSED',
  'FAILED',
  '1.3.1',
  'pkg:npm/left-pad@1.3.0',
  'pkg:deb/debian/openssl@3.0.1?arch=amd64',
  'pkg:',
  'https://registry.example/npm/x.tgz',
  'https://spdx.dev/Document',
  'https://slsa.dev/provenance/v1',
  'https://slsa.dev/verification_summary/v1',
  'https://in-toto.io/attestation/test-result/v0.1',
  '\'"\\\n\u0000',
] as const;

const REPOSITORIES = ['registry.example/team/app', 'docker.io/library/nginx', '127.0.0.1:5000/app'] as const;

/** Any facts that fit the schema, small ones. Repositories are in their usual spelling, as the schema says in words. */
export function arbitraryFacts(): fc.Arbitrary<Facts> {
  return arbitraryOf(factsSchema).map((facts) => facts as Facts);
}

function arbitraryOf(schema: z.ZodType, name = ''): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodNullable) {
    return fc.option(arbitraryOf(schema.unwrap() as z.ZodType, name), { nil: null });
  }
  if (schema instanceof z.ZodObject) {
    const members = Object.entries<z.ZodType>(schema.shape);
    return fc.record(Object.fromEntries(members.map(([key, member]) => [key, arbitraryOf(member, key)])));
  }
  if (schema instanceof z.ZodArray) {
    return fc.array(arbitraryOf(schema.element as z.ZodType, name), { maxLength: 4 });
  }
  if (schema instanceof z.ZodRecord) {
    return fc.dictionary(text(), text(), { maxKeys: 3 });
  }
  if (schema instanceof z.ZodBoolean) {
    return fc.boolean();
  }
  if (schema instanceof z.ZodEnum) {
    return fc.constantFrom(...schema.options);
  }
  if (schema instanceof z.ZodNumber) {
    return schema.format === 'safeint' ? fc.nat({ max: 1_000_000 }) : fc.double({ noNaN: true, min: 0, max: 100 });
  }
  if (schema instanceof z.ZodISODateTime) {
    const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
    return fc.date(range).map((date) => date.toISOString());
  }
  if (name === 'repository') {
    return fc.constantFrom(...REPOSITORIES);
  }
  return isDigestSchema(schema) ? fc.stringMatching(/^sha256:[0-9a-f]{64}$/) : text();
}

function isDigestSchema(schema: z.ZodType): boolean {
  return schema.safeParse(`sha256:${'0'.repeat(64)}`).success && !schema.safeParse('text').success;
}

function text(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'grapheme', maxLength: 12 }));
}
