import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { LIMITS } from '../limits.ts';
import { JsonError, parseStrictJson } from './strict.ts';

evidence('base/strict-json', 'self-made', 'documents with duplicate members, deep nesting and arbitrary JSON');

evidence(
  'base/strict-json',
  'real tool',
  'the json module of Python, told to refuse duplicate members, on 3000 generated documents',
);

const DUPLICATES: readonly string[] = [
  '{"a":1,"a":2}',
  '{"a":{"b":1,"c":2,"b":3}}',
  '[{"x":[{"y":1,"y":1}]}]',
  '{"a":1,"\\u0061":2}',
  '{"a" : 1 ,\n"a"\t:2}',
  '{"__proto__":1,"__proto__":2}',
  '{"":1,"":2}',
];

for (const text of DUPLICATES) {
  test(`duplicate members are refused: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseStrictJson(text, 'manifest'), { code: 'JSON_DUPLICATE_KEY', object: 'manifest' });
  });
}

const DISTINCT: readonly string[] = [
  '{"a":{"a":{"a":1}},"b":"a"}',
  '[{"a":1},{"a":2}]',
  '{"a":"\\"a\\":","b":["a","a"]}',
  '{"a":"{\\"a\\"","b":"}"}',
];

for (const text of DISTINCT) {
  test(`the same name elsewhere is no duplicate: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseStrictJson(text, 'manifest'), JSON.parse(text));
  });
}

test('nesting past the limit is refused before it is parsed', () => {
  const deep = '['.repeat(5_000_000);
  assert.throws(() => parseStrictJson(deep, 'manifest'), { code: 'JSON_TOO_DEEP' });
  const allowed = '['.repeat(LIMITS.jsonDepth) + ']'.repeat(LIMITS.jsonDepth);
  assert.ok(Array.isArray(parseStrictJson(allowed, 'manifest')));
});

test('bytes that are not UTF-8 are refused', () => {
  assert.throws(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22), 'config'), { code: 'JSON_INVALID' });
});

test('a byte order mark is not JSON, as for the tools that read the same documents', () => {
  const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{}')]);
  assert.throws(() => parseStrictJson(bytes, 'manifest'), { code: 'JSON_INVALID' });
  assert.throws(() => parseStrictJson(bytes.toString(), 'manifest'), { code: 'JSON_INVALID' });
});

test('a __proto__ member is data', () => {
  const value = parseStrictJson('{"__proto__":{"polluted":true}}', 'manifest') as object;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal('polluted' in value, false);
});

test('whatever JSON.stringify writes parses to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseStrictJson(Buffer.from(text), 'any'), JSON.parse(text));
    }),
  );
});

test('arbitrary text gives a value or a JsonError, and never more than JSON.parse allows', () => {
  const fragment = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"a"',
    '"b"',
    ':',
    ',',
    '1',
    '\\',
    '"',
    ' ',
    'null',
    '"\\u0061"',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 24 }), (fragments) => {
      const text = fragments.join('');
      let value: unknown;
      try {
        value = parseStrictJson(text, 'any');
      } catch (error) {
        assert.ok(error instanceof JsonError);
        return;
      }
      assert.deepEqual(value, JSON.parse(text));
    }),
    { numRuns: 2000 },
  );
});

/** Says of each document in a JSON list of documents what kind it is; constants that JSON has not are refused. */
const PYTHON = `
import json, sys
def pairs(members):
    names = [name for name, _ in members]
    if len(set(names)) < len(names): raise KeyError
    return dict(members)
def constant(text): raise ValueError
def kind(text):
    try: json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except KeyError: return "JSON_DUPLICATE_KEY"
    except ValueError: return "JSON_INVALID"
    return "valid"
print(json.dumps([kind(text) for text in json.load(sys.stdin)]))
`;

function kindOf(text: string): string {
  try {
    parseStrictJson(text, 'any');
    return 'valid';
  } catch (error) {
    assert.ok(error instanceof JsonError);
    return error.code;
  }
}

test('Python takes and refuses the same documents', { skip: missing('python') }, () => {
  const { value } = fc.letrec((tie) => ({
    name: fc.constantFrom('"a"', '"b"', '"\\u0061"', '""', '"__proto__"', '"a\\"b"'),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(
        '1',
        '-0.5e3',
        'true',
        'null',
        '"a"',
        '"\\ud83d\\ude00"',
        '01',
        'NaN',
        "'a'",
        '"\t"',
        '1.',
        '[,]',
      ),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(tie('name'), tie('value')), { maxLength: 4 })
        .map((members) => `{${members.map(([name, item]) => `${String(name)} :${String(item)}`).join(',')}}`),
    ),
  }));
  const documents = fc.sample(value, 3000).map(String);
  const said = JSON.parse(
    execFileSync('python3', ['-c', PYTHON], { input: JSON.stringify(documents), encoding: 'utf8' }),
  ) as readonly string[];
  const seen = new Map<string, number>();
  for (const [index, text] of documents.entries()) {
    const kind = kindOf(text);
    // A document with both faults may be refused for either.
    assert.equal(kind === 'valid', said[index] === 'valid', `${text}: ${kind}, ${said[index]}`);
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  for (const kind of ['valid', 'JSON_DUPLICATE_KEY', 'JSON_INVALID']) {
    assert.ok((seen.get(kind) ?? 0) >= 50, `${kind}: ${seen.get(kind)}`);
  }
});
