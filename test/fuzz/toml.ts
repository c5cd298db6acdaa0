import assert from 'node:assert/strict';
import { parseToml } from '#lib/packages/toml/parse-toml.ts';
import { type TomlTable, type TomlValue, tableOf } from '#lib/packages/toml/value.ts';
import { lockFile } from '#test/fixtures/lock-files/index.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** Every form of value. */
const FORMS = `title = "a\\tb\\u00e9" # comment
'literal key' = 'C:\\x'
numbers = [1, -2, +3, 0xff, 0o17, 0b1, 1_000, 1e3, -0.5, inf, -inf]
times = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5-07:00, 1979-05-27, 07:32:00]
long = """
one \\
  two"""
raw = '''
a'b'''
a.b.c = true
[table."with dots".x]
inline = { x = 1, y.z = [{}, { w = [] }] }
[[list]]
n = 9223372036854775807
[[list.of]]
[list.last]
`;

/** TOML: what is accepted is read again as it is written in the plainest way, and tables have no depth past the limit. */
export const toml: FuzzTarget = {
  id: 'toml',
  seeds: () => [
    Buffer.from(FORMS),
    lockFile('cargo', 'Cargo.lock').subarray(0, 2000),
    lockFile('python', 'uv.lock').subarray(0, 1500),
  ],
  maxMillis: 300,
  dictionary: [
    '[[',
    ']]',
    '"""',
    "'''",
    '\\u0041',
    ' = ',
    '\n[a]\n',
    '\n[[a]]\n',
    '\n[a.b]\n',
    'a.b = ',
    '{',
    '}',
    '0x',
    'inf',
    '# ',
  ],
  run: (input) => {
    const table = parseToml(input, 'input');
    invariant('what it says is read back', () => {
      assert.deepEqual(parseToml(Buffer.from(printRoot(table)), 'again'), table);
    });
  },
};

function printRoot(table: TomlTable): string {
  return [...table].map(([key, value]) => `${printText(key)} = ${print(value)}\n`).join('');
}

function print(value: TomlValue): string {
  const table = tableOf(value);
  if (table !== null) {
    return `{${[...table].map(([key, item]) => `${printText(key)} = ${print(item)}`).join(', ')}}`;
  }
  if (Array.isArray(value)) {
    return `[${(value as readonly TomlValue[]).map(print).join(', ')}]`;
  }
  switch (typeof value) {
    case 'string':
      return printText(value);
    case 'number':
      return printNumber(value);
    case 'object':
      return 'time' in value ? value.time : '';
    default:
      return String(value);
  }
}

/** Exponents as TOML has them, and the two that are not numbers by its names. */
function printNumber(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  }
  const text = Object.is(value, -0) ? '-0.0' : String(value);
  return Number.isSafeInteger(value) || /[.e]/.test(text) ? text : `${text}.0`;
}

function printText(text: string): string {
  const escaped = Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x20 || code === 0x7f || char === '"' || char === '\\'
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : char;
  });
  return `"${escaped.join('')}"`;
}
