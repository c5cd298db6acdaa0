import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { isAppError } from '#base/error.ts';
import { parseYamlDocuments } from './parse-yaml.ts';
import { itemsOf, mapOf, scalarOf, type YamlValue } from './value.ts';

function read(text: string): readonly YamlValue[] {
  return parseYamlDocuments(Buffer.from(text), 'lock.yaml');
}

/** As plain data, with the keys of maps in their order. */
function plain(value: YamlValue | undefined): unknown {
  if (value instanceof Map) {
    return [...mapOf(value)].map(([key, item]) => [key, plain(item)]);
  }
  return Array.isArray(value) ? { list: itemsOf(value).map(plain) } : scalarOf(value);
}

/** What a YAML library reads, without types. */
function expected(value: unknown): unknown {
  if (value instanceof Map) {
    return [...value].map(([key, item]) => [String(key), expected(item)]);
  }
  return Array.isArray(value) ? { list: value.map(expected) } : typeof value === 'string' ? value : '';
}

function assertSame(text: string): void {
  const library: unknown = parse(text, { schema: 'failsafe', mapAsMap: true, maxAliasCount: 0 });
  assert.deepEqual(plain(read(text)[0]), expected(library), text);
}

test('what tools write is read as a YAML library does', () => {
  const texts = [
    "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n",
    'lockfileVersion: 5.4\nspecifiers:\n  a: ^1.0.0\n  "@s/b": 1\n',
    "packages:\n\n  '@babel/core@7.0.0':\n    resolution: {integrity: sha512-a/b+c==, tarball: https://x/y.tgz}\n    engines: {node: '>=6.9.0', npm: \"a\\tb\\u00e9\"}\n    os: [darwin, linux]\n    cpu: []\n    deps: {}\n",
    'PODS:\n  - A (1.0):\n    - B\n    - C (= 1)\n  - D (2)\nDEPENDENCIES:\n- x\n- y: 1\n  z: 2\n-\n  q: 1\n',
    'a:\n- - 1\n  - 2\n- 3\nb: # nothing\n# a comment\nc: d # another\ne: f#g\n',
    "a: 'it''s'\n'b:c': x:y\n\"q\\\"\": z\n",
    "? 'a, b'\n: c\n? long\n:\n  d: e\nf: g\n",
    'a:\n  below\nb:\n    - 1\n    - 2\n',
    'a: b\r\nc:\r\n  d: e\r\n',
    '# only a comment\n---\na: 1\n',
    '- a\n- b:c\n- "d"\n- [e, {f: g, h}, "i"]\n',
    'version: 6\n\n"a@npm:^1, a@npm:^1.1":\n  version: 1.1.0\n  bin:\n    x: bin/x.js\n  languageName: node\n',
    'https://a/b: c\nd: https://e:80/f\n',
  ];
  for (const text of texts) {
    assertSame(text);
  }
});

test('texts of several lines keep their words', () => {
  assert.deepEqual(plain(read('a: >-\n  one\n  two\nb: |\n\n  x: y\n   z\n\nc:\n  - |-\n    # d\n  - e\n')[0]), [
    ['a', 'one two'],
    ['b', 'x: y\nz'],
    ['c', { list: ['# d', 'e'] }],
  ]);
});

test('documents of one file are told apart', () => {
  assert.deepEqual(read('---\na: 1\n---\nb: 2\n...\n').map(plain), [[['a', '1']], [['b', '2']]]);
  assert.deepEqual(read(''), []);
});

test('any data that a YAML library writes is read back', () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      text,
      fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
      fc.dictionary(text, tie('value'), { minKeys: 1, maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'), (data, style) => {
      assertSame(stringify(data, { lineWidth: 0, defaultStringType: style as 'PLAIN', aliasDuplicateObjects: false }));
    }),
  );
});

test('what tools do not write is refused, with the line', () => {
  const texts = [
    'a: &b c\n',
    'a: *b\n',
    'a: !!str b\n',
    'a: "b\n  c"\n',
    "a: 'b\n",
    'a: [b\n',
    'a: {b: c\n',
    'a: {b: c} d\n',
    'a: "\\q"\n',
    'a: "\\ud8"\n',
    'a: "\\UFFFFFFFF"\n',
    'a: b\nc\n',
    'a: b\n  c: d\n',
    '\ta: b\n',
    'a: 1\na: 2\n',
    'a: {b: 1, b: 2}\n',
    '? a\nb: c\n',
    'a: |x\n  b\n',
    'a\n b\n',
    '- a\nb: c\n',
  ];
  for (const text of texts) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: 'lock.yaml' }, text);
  }
});

test('levels and values have a limit', () => {
  const deep = Array.from({ length: 70 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
  for (const text of [
    deep,
    '- '.repeat(70),
    `a: ${'['.repeat(70)}`,
    `a: ${'{b: '.repeat(70)}`,
    '-\n'.repeat(2_000_001),
  ]) {
    assert.throws(() => read(text), { code: 'LIMIT_EXCEEDED' });
  }
});

test('any text is a value or an error of our own', () => {
  const part = fc.constantFrom(
    'a',
    ': ',
    ':',
    '- ',
    '\n',
    '\n  ',
    "'",
    '"',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '#',
    '? ',
    '|',
    '---\n',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
      try {
        read(parts.join(''));
      } catch (error) {
        assert.ok(isAppError(error) && error.object === 'lock.yaml', String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
