import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Document, parseDocument, type Scalar } from 'yaml';
import { AppError } from './error.ts';
import { openYaml } from './yaml.ts';
import type { YamlText } from './yaml-text.ts';

const rules = {
  limit: 1_000_000,
  invalid: (object: string, expected: string, found: string) =>
    new AppError('X', 'invalid', { object, expected, found }),
};

function textAt(source: string, path: readonly (string | number)[]): YamlText {
  const text = openYaml(source, 'f.yaml', rules).textAt(path);
  assert.ok(text !== null);
  return text;
}

/** The character of the file that stands where the offset of the text is said to. */
function charAt(source: string, found: YamlText, offset: number): string {
  const jump = found.jumps.findLast((each) => each.offset <= offset) ?? { ...found, offset: 0 };
  return source.split('\n')[jump.line - 1]?.[jump.column - 1 + offset - jump.offset] ?? '';
}

describe('the places of a text', () => {
  const cases: readonly (readonly [what: string, source: string, line: number, column: number, jumps: number])[] = [
    ['plain', 'a:\n  e: x + yy\n', 2, 6, 0],
    ['plain, on several lines', 'e: x +\n   yy\n', 1, 4, 1],
    ['literal', 'e: |\n  x +\n    yy\n', 2, 3, 1],
    ['folded, with a comment behind its header', 'e: >- # why\n\n  x\n  + yy\n', 3, 3, 1],
    ['with an indentation that is said', 'e: |1\n   x +\n yy\n', 2, 4, 1],
    ['in single quotes', "e: 'x + ''yy'''\n", 1, 5, 1],
    ['in double quotes', 'e: "x \\\n  \\u002b \\"yy"\n', 1, 5, 3],
    ['with an anchor and a tag', 'e: &a !!str x + yy\n', 1, 13, 0],
    ['behind an alias', 'a: &a x + yy\ne: *a\n', 1, 7, 0],
  ];
  for (const [what, source, line, column, jumps] of cases) {
    it(`that is ${what}`, () => {
      const found = textAt(source, source.startsWith('a:\n') ? ['a', 'e'] : ['e']);
      assert.deepEqual([found.line, found.column, found.jumps.length], [line, column, jumps], JSON.stringify(found));
      assert.equal(charAt(source, found, found.text.indexOf('yy')), 'y');
      assert.equal(charAt(source, found, found.text.lastIndexOf('y')), 'y');
    });
  }

  it('are none for what is no text', () => {
    assert.equal(openYaml('e: 1', 'f', rules).textAt(['e']), null);
    assert.equal(openYaml('e: 1', 'f', rules).textAt(['x', 0]), null);
  });

  it('are those of the same characters, however the text is written', () => {
    const types = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;
    const texts = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\n', '"', "'", '\\', '#', ':', 'é'),
      minLength: 1,
    });
    fc.assert(
      fc.property(texts, fc.constantFrom(...types), (text, type) => {
        fc.pre(text.trim() !== '');
        const document = new Document({ list: [text] });
        (document.getIn(['list', 0], true) as Scalar).type = type;
        const source = document.toString({ lineWidth: 30 });
        // The printer writes some texts of a forced style wrongly.
        fc.pre(parseDocument(source).errors.length === 0 && parseDocument(source).getIn(['list', 0]) === text);
        const found = textAt(source, ['list', 0]);
        assert.equal(found.text, text.trim());
        for (const [offset, char] of found.text.split('').entries()) {
          if (!/[\s"'\\é]/.test(char)) {
            assert.equal(charAt(source, found, offset), char, JSON.stringify({ source, found, offset }));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('all that is wrong is told, with line and column', async () => {
  const { z } = await import('zod');
  const told: string[] = [];
  const yaml = openYaml('a: 1\nb:\n  - naem: x\n', 'f.yaml', {
    limit: 100,
    linesBefore: 10,
    invalid: (object, expected, found, { kind, path, line, column }) => {
      told.push(`${line}:${column} ${kind} ${path.join('.')}: ${found}`);
      return rules.invalid(object, expected, found);
    },
  });
  const schema = z.strictObject({ a: z.string(), b: z.array(z.strictObject({ name: z.string().optional() })) });
  assert.throws(() => yaml.check(schema), { message: /^f\.yaml, line 13, b > \[0\]: / });
  assert.deepEqual(told, ['13:5 key b.0: "naem"; did you mean "name"?', '11:1 value a: "1"']);
  assert.deepEqual([...yaml.positions().keys()], ['', 'a', 'b', 'b > [0]', 'b > [0] > naem']);
});
