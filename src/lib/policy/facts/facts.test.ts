import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalDigest } from '#base/json/canonical.ts';
import { FACT_PARTS, type Facts } from '#model/facts.ts';
import { factsSchema } from '#model/facts-schema.ts';
import { evidence } from '#test/evidence.ts';
import { sampleContext, sampleEnvironment, sampleFacts, sampleFinding, samplePackage } from '#test/fixtures/facts.ts';
import type { CelType } from '../language/type.ts';
import { CelDuration, CelMessage, CelTimestamp, type CelValue } from '../language/value.ts';
import { bindFacts } from './bind.ts';
import { digestFacts } from './manifest.ts';
import { SCHEMA_VARIABLES, VARIABLE_TYPES } from './schema.ts';
import { CONTEXT_VARIABLE, DOCUMENT_VARIABLES, FACT_VARIABLES } from './variables.ts';

const input = { facts: sampleFacts, sources: [], environment: sampleEnvironment, context: sampleContext };

test('every variable but those that documents make has a type', () => {
  const documents = DOCUMENT_VARIABLES.filter((name) => name !== 'params' && name !== 'variables');
  assert.deepEqual(
    [...VARIABLE_TYPES.keys()].toSorted(),
    [...FACT_VARIABLES, ...documents, CONTEXT_VARIABLE].toSorted(),
  );
});

test('the sample fits the schema, and expressions see a value of the declared type for every member of it', () => {
  assert.deepEqual(factsSchema.parse(sampleFacts), sampleFacts);
  const bound = bindFacts(input);
  let fields = 0;
  for (const [name, { type }] of SCHEMA_VARIABLES) {
    fields += assertFits(bound.lookUp(name), type, name);
  }
  assert.ok(fields > 80, `${fields} fields`);
});

function listIn(value: CelValue | undefined): readonly CelValue[] {
  assert.ok(Array.isArray(value));
  return value as readonly CelValue[];
}

/** How many fields were looked at. */
function assertFits(value: CelValue | undefined, type: CelType, at: string): number {
  switch (type.kind) {
    case 'list':
      return listIn(value).reduce<number>((sum, item) => sum + assertFits(item, type.element, `${at}[]`), 0);
    case 'message': {
      assert.ok(value instanceof CelMessage, at);
      assert.equal(value.type, type.message, at);
      const raw = Object.keys(value.raw);
      assert.deepEqual(raw.toSorted(), [...type.message.fields.keys()].toSorted(), at);
      return [...type.message.fields.values()].reduce((sum, field) => {
        assert.notEqual(field.description, '', `${at}.${field.name}`);
        const read = value.select(field.name);
        return sum + 1 + (read === null && field.nullable ? 0 : assertFits(read, field.type, `${at}.${field.name}`));
      }, 0);
    }
    case 'timestamp':
      assert.ok(value instanceof CelTimestamp, at);
      return 0;
    case 'duration':
      assert.ok(value instanceof CelDuration, at);
      return 0;
    case 'opaque':
    case 'map':
      assert.equal((value as { kind?: string } | null)?.kind, type.kind, at);
      return 0;
    default:
      assert.equal(
        typeof value,
        { string: 'string', bool: 'boolean', int: 'bigint', double: 'number' }[type.kind as 'int'],
        at,
      );
      return 0;
  }
}

test('a member that is missing or of another type reads as a default: nothing throws', () => {
  const broken = { ...sampleFacts, image: { labels: 3, created: 'yesterday', size: 1.5 }, packages: [{}] };
  const bound = bindFacts({ ...input, facts: broken as unknown as Facts });
  const image = bound.lookUp('image');
  assert.ok(image instanceof CelMessage);
  assert.equal(image.select('user'), '');
  assert.equal(image.select('size'), 0n);
  assert.equal(image.select('digest'), null);
  assert.equal(image.select('distribution'), null);
});

test('names of labels are only ever keys', () => {
  const labels = Object.fromEntries([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  const bound = bindFacts({ ...input, facts: { ...sampleFacts, image: { ...sampleFacts.image, labels } } });
  const image = bound.lookUp('image');
  const map = image instanceof CelMessage ? image.select('labels') : undefined;
  assert.ok(typeof map === 'object' && map !== null && 'kind' in map && map.kind === 'map');
  assert.equal(map.get('__proto__'), 'a');
  assert.equal(map.get('toString'), undefined);
  assert.equal(map.size, 2);
});

test('the time of the context drifts, no other does', () => {
  const bound = bindFacts(input);
  const time = select(bound.lookUp('context'), 'time');
  const created = select(bound.lookUp('image'), 'created');
  assert.deepEqual(
    [time, created].map((at) => at instanceof CelTimestamp && at.drift),
    [1, 0],
  );
});

function select(value: CelValue | undefined, field: string): CelValue | undefined {
  return value instanceof CelMessage ? value.select(field) : undefined;
}

test('what VEX and exceptions take out is seen as excepted, and values are made once for all views', () => {
  const other = { ...samplePackage, purl: 'pkg:npm/other@1' };
  const facts = { ...sampleFacts, packages: [samplePackage, other] };
  const all = bindFacts({ ...input, facts });
  const less = all.without({ findings: new Set([sampleFinding]), packages: new Set([other]) });
  const ids = (value: CelValue | undefined): readonly unknown[] =>
    Array.isArray(value) ? value.map((one: CelValue) => select(one, 'id') ?? select(one, 'purl')) : [];
  assert.deepEqual(ids(all.lookUp('findings')), ['CVE-2026-1']);
  assert.deepEqual(ids(all.lookUp('exceptedFindings')), ['CVE-2026-2']);
  assert.deepEqual(ids(less.lookUp('findings')), []);
  assert.deepEqual(ids(less.lookUp('exceptedFindings')), ['CVE-2026-1', 'CVE-2026-2']);
  assert.deepEqual(ids(less.lookUp('packages')), [samplePackage.purl]);
  const [packageOfAll] = all.lookUp('packages') as readonly CelValue[];
  const [packageOfLess] = less.lookUp('packages') as readonly CelValue[];
  assert.equal(packageOfAll, packageOfLess);
  assert.equal(all.lookUp('image'), less.lookUp('image'));
  assert.equal(all.lookUp('params'), undefined);
});

evidence('policy/facts', 'self-made', 'facts with every member');

test('the manifest names every part by the digest of its canonical JSON', () => {
  const { manifest, digest, texts } = digestFacts(sampleFacts);
  assert.deepEqual(Object.keys(manifest.parts).toSorted(), [...FACT_PARTS].toSorted());
  assert.equal(manifest.parts.image, canonicalDigest(sampleFacts.image));
  assert.equal(digest, canonicalDigest(manifest));
  assert.deepEqual(JSON.parse(texts.get(manifest.parts.findings) ?? ''), sampleFacts.findings);
});
