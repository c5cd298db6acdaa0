import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { missing } from '#test/prerequisites.ts';
import { parseToml } from './parse-toml.ts';
import type { TomlTable, TomlValue } from './value.ts';

const parse = (text: string): TomlTable => parseToml(Buffer.from(text), 'a.toml');

/** As plain data: tables as arrays of pairs, whole numbers and others apart, as the oracle prints them. */
function plain(value: TomlValue): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return { number: Number(value) };
    case 'number':
      return { number: Number.isFinite(value) ? value : String(value) };
    default:
      if (value instanceof Map) {
        return { table: [...(value as TomlTable)].map(([key, item]) => [key, plain(item)]) };
      }
      return Array.isArray(value) ? (value as readonly TomlValue[]).map(plain) : { time: true };
  }
}

const ORACLE = `
import json, math, sys, tomllib
def plain(value):
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if not -2**63 <= value < 2**63:
            raise ValueError("64 bits")
        return {"number": float(value)}
    if isinstance(value, float):
        if math.isfinite(value):
            return {"number": value}
        return {"number": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, dict):
        return {"table": [[key, plain(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {"time": True}
results = []
for text in json.load(sys.stdin):
    try:
        results.append(plain(tomllib.loads(text)))
    except ValueError:
        results.append(None)
print(json.dumps(results))
`;

/** What Python's own reader makes of each text; null where it refuses. */
function tomllib(texts: readonly string[]): readonly unknown[] {
  const input = JSON.stringify(texts);
  const run = spawnSync('python3', ['-c', ORACLE], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout) as unknown[];
}

function ours(text: string): unknown {
  try {
    return plain(parse(text));
  } catch (error) {
    if (isAppError(error)) {
      assert.equal(error.object, 'a.toml');
      return null;
    }
    throw error;
  }
}

const GOOD: readonly string[] = [
  '',
  '# only a comment',
  'a = 1\nb = "x"\r\nc = \'y\' # comment\n',
  'a.b.c = 1\na.b.d = 2\n"a b".\'c\' = 3\n"" = 4',
  '[a]\nb = 1\n[a.c]\n[[a.d]]\ne = 1\n[[a.d]]\n[a.d.f]\n[x.y.z]\n[x]\n',
  'a = [1, 2.5, "x", [true, false], { b = 1, c.d = 2 },\n# here\n]',
  "a = \"\"\"\nx\\\n   \n  y\"\" \"\"\"\"\nb = '''\nx''y'''''\n",
  'a = "\\b\\t\\n\\f\\r\\"\\\\\\u00e9\\U0001F600"',
  'a = [0x1F, 0o17, 0b11, -0, +1_000, 1e3, -1.5E-2, inf, -inf, nan, +0.0]',
  'a = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5-07:00, 1979-05-27T07:32:00, 1979-05-27, 07:32:00.999]',
  'a = 9223372036854775807\nb = -9223372036854775808',
  '[fruit]\napple.color = 1\n[fruit.apple.taste]\nsweet = true',
  'a.b = { c = 1 }\na.d = 2',
  '__proto__ = 1\n[constructor]\nprototype = 2',
  '[a.b.c]\n[a]\nd = 1\n',
  'a = {}\nb = []\nc = [\n]\nd = [1,]',
];

const BAD: readonly string[] = [
  'a',
  'a =',
  '= 1',
  'a = 1 b = 2',
  'a = 1\na = 2',
  'a = 1\na.b = 2',
  '[a]\n[a]',
  '[a]\nb = 1\n[a.b]',
  'a = []\n[[a]]',
  '[[a]]\n[a]',
  'a = {b = 1}\n[a.c]',
  'a = {b = 1}\na.c = 1',
  'a = {b = 1,}',
  'a = {b = 1\n}',
  '[a.b.c]\nz = 9\n[a]\nb.c.t = 1',
  '[a]\nb.c = 1\n[a.b]',
  '[ a',
  '[]',
  '[a]]',
  '[[a]',
  '[ [a]]',
  'a = "x\ny"',
  'a = "\\x41"',
  'a = "\\ud800"',
  'a = "\\u12"',
  'a = """x',
  "a = '",
  'a = 01',
  'a = 1__0',
  'a = 1_',
  'a = 1.',
  'a = .5',
  'a = +0x1',
  'a = 0xg',
  'a = 9223372036854775808',
  'a = 2021-02-30',
  'a = 2021-13-01',
  'a = 25:00:00',
  'a = 2021-01-01T',
  'a = 2021-01-01T00:00:00+25:00',
  'a = True',
  'a = [1 2]',
  'a = [1',
  'a = [,]',
  'a = "\u0001"',
  '# \u0000',
  'a = 1\rb = 2',
  '\ufeffa = 1',
  'a = 1 # \r x',
  'ü = 1',
];

/** Of them texts are put together that are TOML now and then. */
const PIECES: readonly string[] = [
  'a',
  'b',
  'c',
  '.',
  '=',
  ' = ',
  '\n',
  '\n',
  '\n[a]\n',
  '\n[[a]]\n',
  '\n[a.b]\n',
  '\n[[a.b]]\n',
  '\n[b.c.d]\n',
  '1',
  '-0.5e1',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"x"',
  "'y'",
  '"',
  "'",
  '"""',
  "'''",
  '\\',
  '\\\n',
  '\r\n',
  '\r',
  '#',
  ' ',
  '\t',
  '_',
  '0x',
  'inf',
  'true',
  '1979-05-27',
  ' 07:32:00',
  'T',
  'Z',
  '\\u0041',
  'é',
  '\u007f',
  '\na = 1\n',
  '\nb.a = 2\n',
  '\na.c = {d = 1}\n',
  '\nc = [{a = 1}, 2]\n',
  '\na.b.c = 1\n',
];

test('what the specification allows is read, and nothing else', () => {
  for (const text of GOOD) {
    assert.notEqual(ours(text), null, text);
  }
  for (const text of BAD) {
    assert.throws(() => parse(text), { code: 'PACKAGE_METADATA_INVALID', object: 'a.toml' }, text);
  }
});

test('bytes that are not UTF-8 are refused', () => {
  assert.throws(() => parseToml(Buffer.from([0x61, 0x3d, 0x22, 0xff, 0x22]), 'a.toml'), {
    code: 'PACKAGE_METADATA_INVALID',
  });
});

test('levels and values are counted', () => {
  const deep = LIMITS.tomlDepth + 1;
  const texts = [
    `a = ${'['.repeat(deep)}${']'.repeat(deep)}`,
    `a = ${'{a='.repeat(deep)}1${'}'.repeat(deep)}`,
    `${'a.'.repeat(deep)}a = 1`,
    `[${'a.'.repeat(deep)}a]`,
    `[${'a.'.repeat(100)}a]\n${'b.'.repeat(100)}b = [[1]]`,
    `a = [${'1,'.repeat(LIMITS.tomlValues)}]`,
    '[[a]]\n'.repeat(LIMITS.tomlValues + 1),
  ];
  for (const text of texts) {
    assert.throws(() => parse(text), { code: 'LIMIT_EXCEEDED', object: 'a.toml' }, text.slice(0, 40));
  }
});

test('an error says the line and what is there', () => {
  assert.throws(() => parse('a = 1\n\nb = what'), /not TOML in line 3: expected a value, found "what"/);
});

describe('beside Python’s tomllib', { skip: missing('python') }, () => {
  test('samples', () => {
    const texts = [...GOOD, ...BAD];
    assert.deepEqual(texts.map(ours), tomllib(texts));
  });

  test('texts put together from pieces of TOML', (t) => {
    const piece = fc.constantFrom(...PIECES);
    const texts = fc.sample(
      fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
      { numRuns: 6000, seed: 7 },
    );
    const expected = tomllib(texts);
    const accepted = expected.filter((item) => item !== null).length;
    t.diagnostic(`${accepted} of ${texts.length} accepted`);
    assert.ok(accepted >= 500, `${accepted}`);
    texts.forEach((text, index) => {
      assert.deepEqual(ours(text), expected[index], JSON.stringify(text));
    });
  });
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      ours(text);
    }),
  );
});
