import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ValidateFunction } from 'ajv';
import { parseStrictJson } from '#base/json/strict.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { csafValidator } from '#test/schemas.ts';
import { csaf } from './index.ts';
import { readCsaf } from './read.ts';
import { csafSchema } from './strict/schema.ts';

evidence('vex/csaf', 'published', 'examples and JSON schemas of CSAF 2.0 and 2.1, shared data spec/csaf');

const VERSIONS = ['2.0', '2.1'] as const;

function documents(version: string): readonly { readonly name: string; readonly value: unknown }[] {
  const folder = data(`spec/csaf/csaf_${version}/examples`);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => ({ name, value: parseStrictJson(readFileSync(`${folder}/${name}`), name) }));
}

describe('CSAF as its schemas have it', { skip: missing('shared-data') }, () => {
  for (const version of VERSIONS) {
    test(`every example of ${version} is read or refused`, (t) => {
      const valid = csafValidator(version);
      const [read, refused]: string[][] = [[], []];
      for (const { name, value } of documents(version)) {
        const expected = valid(value);
        (expected ? read : refused)?.push(name);
        if (expected) {
          assert.equal(readCsaf(value, name).csafVersion, version, name);
        } else {
          assert.throws(() => readCsaf(value, name), { code: 'VEX_INVALID' }, name);
        }
      }
      t.diagnostic(`${read?.length} read, ${refused?.length} refused`);
      assert.ok((read?.length ?? 0) >= 19 && (refused?.length ?? 0) >= 8);
    });

    test(`examples of ${version} that are changed in one place are read or refused`, (t) => {
      const valid = csafValidator(version);
      const schema = csafSchema(version);
      let [positives, negatives] = [0, 0];
      for (const { name, value } of documents(version).filter((document) => valid(document.value))) {
        for (const { what, changed } of changes(value)) {
          const expected = accepts(valid, changed);
          const result = schema.safeParse(changed);
          assert.equal(
            result.success,
            expected,
            `${name}: ${what}: ${JSON.stringify(result.error?.issues[0] ?? valid.errors)}`,
          );
          positives += expected ? 1 : 0;
          negatives += expected ? 0 : 1;
        }
      }
      t.diagnostic(`${positives} valid, ${negatives} invalid`);
      assert.ok(positives >= 2500 && negatives >= 3000);
    });
  }

  test('what is read becomes statements, or says that it has none', () => {
    const all = VERSIONS.flatMap(documents).flatMap(({ name, value }) => {
      const document = value as { document?: { csaf_version?: unknown } };
      return document.document?.csaf_version === undefined ? [] : [csaf.read(value, { name, id: name })];
    });
    assert.equal(all.length, 42);
    assert.ok(all.filter(({ statements }) => statements.length > 0).length >= 36);
  });
});

function accepts(valid: ValidateFunction, value: unknown): boolean {
  return valid(value);
}

interface Change {
  readonly what: string;
  readonly changed: unknown;
}

/** Values that stand in place of others: of each type one, and some that are nearly right. */
const STRANGERS: readonly unknown[] = [
  null,
  true,
  -1,
  10.5,
  '',
  ' x ',
  'x',
  'CVE-2024-1',
  [],
  {},
  'http://a b/',
  '2024-02-30T00:00:00Z',
];

/** For each place in a document, a fixed few of the changes that could be made there: a run takes seconds and is repeatable. */
function* changes(document: unknown): Generator<Change> {
  const places = placesOf(document);
  const stride = Math.max(1, Math.floor(places.length / 60));
  for (const [index, place] of places.entries()) {
    if (index % stride !== 0) {
      continue;
    }
    const at = place.join('.');
    yield { what: `${at} left out`, changed: edited(document, place, 'remove', undefined) };
    const stranger = STRANGERS[index % STRANGERS.length];
    yield { what: `${at} is ${JSON.stringify(stranger)}`, changed: edited(document, place, 'replace', stranger) };
    const value = valueAt(document, place);
    if (typeof value === 'string') {
      for (const text of [value.slice(1), `${value}${'x-.:/ Z0'[index % 8]}`, value.toUpperCase()]) {
        yield { what: `${at} is ${JSON.stringify(text)}`, changed: edited(document, place, 'replace', text) };
      }
    } else if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      yield { what: `${at} ends twice`, changed: edited(document, place, 'replace', [...items, items.at(-1)]) };
    } else if (typeof value === 'object' && value !== null) {
      yield { what: `${at} has another member`, changed: edited(document, place, 'replace', { ...value, other: 1 }) };
    }
  }
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place = []): Place[] {
  const below = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [];
  return [...(at.length === 0 ? [] : [at]), ...below.flatMap(([key, item]) => placesOf(item, [...at, key]))];
}

function valueAt(document: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], document);
}

function edited(document: unknown, [key, ...rest]: Place, how: 'remove' | 'replace', value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  if (Array.isArray(document)) {
    return document.flatMap((item: unknown, index): unknown[] =>
      index !== key ? [item] : how === 'remove' && rest.length === 0 ? [] : [edited(item, rest, how, value)],
    );
  }
  return Object.fromEntries(
    Object.entries(document as object).flatMap(([name, item]) =>
      name !== key
        ? [[name, item]]
        : how === 'remove' && rest.length === 0
          ? []
          : [[name, edited(item, rest, how, value)]],
    ),
  );
}
