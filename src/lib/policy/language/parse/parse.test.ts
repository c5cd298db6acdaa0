import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { celCases } from '#test/fixtures/cel-spec.ts';
import { CelUint } from '../value.ts';
import type { Expression } from './ast.ts';
import { parse } from './parse.ts';

evidence(
  'policy/language',
  'published',
  "CEL's conformance data and the tests of cel-go: what is an expression and what is not",
);

function read(text: string): Expression {
  const parsed = parse(text);
  assert.ok(parsed.ok, parsed.ok ? '' : `${text}: ${parsed.issues[0]?.message}`);
  return parsed.ast.root;
}

/** `3+2: message` of the only issue. */
function fault(text: string): string {
  const parsed = parse(text);
  assert.ok(!parsed.ok, `${text} is read`);
  assert.equal(parsed.issues.length, 1);
  return parsed.issues.map(({ offset, length, message }) => `${offset}+${length}: ${message}`).join();
}

function constant(text: string): unknown {
  const root = read(text);
  assert.equal(root.kind, 'constant', text);
  return root.kind === 'constant' ? root.value : undefined;
}

/** Names in prefix form: of `1 + a.b`, `(_+_ 1 a.b)`. */
function shape(node: Expression): string {
  switch (node.kind) {
    case 'constant':
      return String(node.value instanceof CelUint ? `${node.value.value}u` : node.value);
    case 'identifier':
      return node.name;
    case 'select':
      return `${shape(node.operand)}${node.test ? '~' : '.'}${node.optional ? '?' : ''}${node.field}`;
    case 'call': {
      const target = node.target === null ? '' : `${shape(node.target)}.`;
      return `(${[`${target}${node.name}`, ...node.arguments.map(shape)].join(' ')})`;
    }
    case 'comprehension': {
      const parts = [node.range, ...(node.condition === null ? [] : [node.condition]), node.result];
      return `<${[node.macro, ...node.variables, ...parts.map(shape)].join(' ')}>`;
    }
    default:
      return node.kind;
  }
}

test('what cel-go reads is read, and what it refuses is refused, but for syntax that it was not told to take', (t) => {
  const cases = celCases();
  const counts = { read: 0, refused: 0 };
  for (const { text, parsed, suite } of cases) {
    const ours = parse(text).ok;
    counts[ours ? 'read' : 'refused'] += 1;
    if (ours !== parsed) {
      assert.match(text, ours ? WIDER : NARROWER, `${suite}: ${text}`);
    }
  }
  t.diagnostic(`${counts.read} read, ${counts.refused} refused`);
  assert.ok(counts.read > 2600 && counts.refused > 60);
});

/**
 * Optional syntax, names in backquotes, variables of `cel.block`, a name that is special to cel-go's way of macros, and what is too deep for
 * the limit of 32 that its tests set.
 */
const WIDER =
  /\.\?|\[\?|[{,]\s*\?|`|cel\.iterVar|__result__|\[{30}|\({30}|(y[!=-]+){20}|1 \+ 2 \+ 3|\.g\.h\.i|\[1\]\[2\]\[3\]|< 7 < 8/;
/** The two-variable macros, of which cel-go was not told. */
const NARROWER = /\((i, i|[ij]\.[jk], k|j, i\.k),/;

describe('constants', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['- 1', -1n],
    ['0x1F', 31n],
    ['-0xf', -15n],
    ['1.5e-3', 0.0015],
    ['.5', 0.5],
    ['-2.0', -2],
    ['1e3', 1000],
    ['true', true],
    ['null', null],
    [String.raw`"\a\b\f\n\r\t\v\"\'\\\?\x41\101\u00e9\U0001F600"`, '\x07\b\f\n\r\t\v"\'\\?AAé😀'],
    ['"\\`"', '`'],
    [String.raw`r"\n\""`.slice(0, -1), String.raw`\n` + '\\'],
    [`'''a\n'b'\r\nc'''`, "a\n'b'\nc"],
    ['R"""\\"""', '\\'],
    ['"a" // comment', 'a'],
  ];
  for (const [text, value] of cases) {
    test(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(constant(text), value);
    });
  }

  test('reads uints and bytes', () => {
    assert.deepEqual(constant('18446744073709551615u'), new CelUint(2n ** 64n - 1n));
    assert.deepEqual(constant('0xFFu'), new CelUint(255n));
    assert.deepEqual(constant(String.raw`b"é\xff\377"`), Uint8Array.of(0xc3, 0xa9, 255, 255));
    assert.deepEqual(constant(String.raw`bR'\xff'`), Uint8Array.from(Buffer.from(String.raw`\xff`)));
  });
});

describe('structure', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1 + 2 * 3 - 4', '(_-_ (_+_ 1 (_*_ 2 3)) 4)'],
    ['a && b && c || d', '(_||_ (_&&_ a b c) d)'],
    ['a ? b : c ? d : e', '(_?_:_ a b (_?_:_ c d e))'],
    ['a < b == c', '(_==_ (_<_ a b) c)'],
    ['!!a', 'a'],
    ['---a', '(-_ a)'],
    ['a - -1', '(_-_ a -1)'],
    ['-(1)', '(-_ 1)'],
    ['.a.b[0].c(d)', '((_[_] .a.b 0).c d)'],
    ['a.?b[?0]', '(_[?_] a.?b 0)'],
    ['a.`x-y/z`', 'a.x-y/z'],
    ['has(a.b)', 'a~b'],
    ['x in [1]', '(@in x list)'],
    ['l.all(x, x > 0)', '<all x l (_>_ x 0)>'],
    ['l.exists_one(x, x)', '<existsOne x l x>'],
    ['l.map(x, p, t)', '<map x l p t>'],
    ['l.transformList(i, v, p, t)', '<map i v l p t>'],
    ['l.transformMapEntry(i, v, {v: i})', '<transformMapEntry i v l map>'],
    ['math.greatest(1, 2, 3)', '(math.@max list)'],
    ['math.least(1)', '(math.@min 1)'],
    ['a.package', 'a.package'],
  ];
  for (const [text, expected] of cases) {
    test(`reads ${text}`, () => {
      assert.equal(shape(read(text)), expected);
    });
  }
});

describe('faults', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1 +', '3+0: expected a value, found the end'],
    ['a b', '2+1: expected an operator or the end of the expression, found "b"'],
    ['f(1', "3+0: expected ')', found the end"],
    ['a ? b', "5+0: expected ':', found the end"],
    ['a | b', '2+1: "|" has no meaning here'],
    ['"abc', '0+4: the text has no closing "'],
    ['"a\nb"', '0+2: the text has no closing " on its line'],
    [String.raw`"\q"`, '1+2: there is no such escape in a string'],
    [String.raw`b"\u00e9"`, '2+2: there is no such escape in bytes'],
    [String.raw`"\ud800"`, '1+6: the escape is no code point of Unicode'],
    [String.raw`"\xg0"`, '1+2: the escape needs 2 hexadecimal digits'],
    ['9223372036854775808', '0+19: the number is no int of 64 bits'],
    ['18446744073709551616u', '0+21: the number is no uint of 64 bits'],
    ['1e999', '0+5: the number is too large for a double'],
    ['has(a)', '4+1: has(…) needs a field: has(a.b)'],
    ['l.all(1, true)', '6+1: a macro needs a simple name for its variable here'],
    ['l.all(x, x, true)', "9+1: the two variables have the same name 'x'"],
    ['math.least()', '0+12: math.least(…) needs at least one argument'],
    ['while', "0+5: 'while' is reserved and cannot be a name"],
    ['a.true', '2+4: expected the name of a field, found "true"'],
    ['`a`', '0+3: expected a value, found a name in backquotes'],
    ['\ud800', '0+1: the expression is no well-formed Unicode'],
    ['', '0+0: expected a value, found the end'],
  ];
  for (const [text, expected] of cases) {
    test(`names what is wrong in ${JSON.stringify(text)}`, () => {
      assert.equal(fault(text), expected);
    });
  }
});

describe('limits', () => {
  const depth = LIMITS.expressionDepth;
  const deep: Readonly<Record<string, (count: number) => string>> = {
    parentheses: (count) => `${'('.repeat(count)}1${')'.repeat(count)}`,
    lists: (count) => `${'['.repeat(count)}1${']'.repeat(count)}`,
    sums: (count) => `1${' + 1'.repeat(count)}`,
    fields: (count) => `a${'.b'.repeat(count)}`,
    indexes: (count) => `a${'[0]'.repeat(count)}`,
    ternaries: (count) => `${'a ? b : '.repeat(count)}c`,
    macros: (count) => `${'l.all(x, '.repeat(count)}x${')'.repeat(count)}`,
  };
  for (const [name, make] of Object.entries(deep)) {
    test(`${name} inside each other are bounded`, () => {
      assert.ok(parse(make(depth - 1)).ok);
      assert.match(fault(make(depth + 1)), /more than 250 parts inside each other/);
      assert.match(fault(make(6_000)), /more than 250 parts inside each other/);
    });
  }

  test('the text and its parts are bounded', () => {
    assert.match(fault(`${' '.repeat(LIMITS.expressionLength)}1`), /longer than 65536 characters/);
    assert.match(fault(`[${'a<a,'.repeat(16_000)}1]`), /the expression has more than 32768 parts/);
    assert.ok(parse(`[${'a<a,'.repeat(10_000)}1]`).ok);
    assert.ok(parse(`a${' || a'.repeat(10_000)}`).ok);
  });

  test('words that go on for the whole text are read once', () => {
    const half = LIMITS.expressionLength - 10;
    for (const text of [
      '9'.repeat(half),
      `"${'\\'.repeat(half)}`,
      `${'-'.repeat(half)}1`,
      `${'!'.repeat(half)}a`,
      'a'.repeat(half),
      "'''".repeat(half / 3),
    ]) {
      parse(text);
    }
  });
});

test('any text has either a tree within its bounds or one issue within the text', () => {
  const words = [
    'a',
    '.',
    '?',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '&&',
    '!',
    '-',
    '1',
    '2u',
    '"s"',
    "b'",
    'in',
    'x.all(x,',
    '`',
    '\\',
    '0x',
    ' ',
  ];
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parse(text);
      if (parsed.ok) {
        assert.ok(parsed.ast.root.offset >= 0 && parsed.ast.root.length <= text.length);
        return;
      }
      for (const { offset, length } of parsed.issues) {
        assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length);
      }
    }),
    { numRuns: 150 },
  );
});
