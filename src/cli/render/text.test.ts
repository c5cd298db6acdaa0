import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { columnsOf, counted, fit, fitEnd, grouped, pad, visible, wrap } from './text.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());

describe('untrusted text', () => {
  const cases: readonly (readonly [what: string, text: string, shown: string])[] = [
    ['a colour', 'a\u001b[31mb', 'a\\u{1b}[31mb'],
    ['the eight-bit form of an escape sequence', '\u009b2Ja', '\\u{9b}2Ja'],
    ['a carriage return that would hide the line', 'bad\rgood', 'bad good'],
    ['line feeds and tabs', ' a\n\n\tb ', 'a b'],
    ['a bell and a backspace', 'a\u0007\u0008', 'a\\u{7}\\u{8}'],
    ['a right-to-left override', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
    ['a zero-width space', 'lo\u200bdash', 'lo\\u{200b}dash'],
    ['a soft hyphen', 'lo\u00addash', 'lo\\u{ad}dash'],
    ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a Hangul filler, which is blank', 'a\u3164', 'a\\u{3164}'],
    ['half of a character', 'a\ud800', 'a\\u{d800}'],
    ['letters of other scripts', 'Größe 名前 📦', 'Größe 名前 📦'],
  ];
  for (const [what, text, shown] of cases) {
    it(`shows ${what}`, () => {
      assert.equal(visible(text), shown);
    });
  }

  it('never shows what steers a terminal', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(visible(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('columns', () => {
  it('count wide characters twice', () => {
    assert.equal(columnsOf('abc'), 3);
    assert.equal(columnsOf('名前'), 4);
    assert.equal(columnsOf('📦'), 2);
    assert.equal(columnsOf('ü'), 1);
  });

  it('bound what is cut to them', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, columns) => {
        for (const cut of [fit(text, columns), fitEnd(text, columns)]) {
          assert.ok(columnsOf(cut) <= columns);
          assert.ok(cut === text || cut.includes('…'));
        }
      }),
    );
  });

  it('keep the beginning of a name and the end of a path', () => {
    assert.equal(fit('github.com/opencontainers', 12), 'github.com/…');
    assert.equal(fitEnd('/srv/app/node_modules/lodash', 12), '…ules/lodash');
    assert.equal(fit('名前名前', 6), '名前…');
    assert.equal(pad('名前', 6), '名前  ');
    assert.equal(pad('abc', 2), 'abc');
  });
});

describe('wrapping', () => {
  it('breaks at blanks and indents what follows', () => {
    assert.deepEqual(wrap('one two three four', 12, '- '), ['- one two', '  three four']);
    assert.deepEqual(wrap('', 10, '- '), ['- ']);
  });

  it('cuts a word that is longer than a line, and says so', () => {
    assert.deepEqual(wrap('a verylongword b', 6), ['a', 'veryl…', 'b']);
  });

  it('keeps every word that fits, in lines that fit', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 60 }), (text, columns) => {
        const shown = visible(text);
        const lines = wrap(shown, columns, '  ');
        assert.ok(lines.every((line) => columnsOf(line) <= columns));
        const words = shown.split(' ').filter((word) => word !== '' && columnsOf(word) <= columns - 2);
        const kept = new Set(lines.flatMap((line) => line.split(' ')));
        assert.ok(words.every((word) => kept.has(word)));
      }),
    );
  });
});

describe('numbers', () => {
  it('are grouped by thousands and counted in words', () => {
    assert.deepEqual([0, 999, 1000, 2439, 18_724, 1_234_567].map(grouped), [
      '0',
      '999',
      '1,000',
      '2,439',
      '18,724',
      '1,234,567',
    ]);
    assert.equal(counted(1, 'layer'), '1 layer');
    assert.equal(counted(2439, 'vulnerability', 'vulnerabilities'), '2,439 vulnerabilities');
  });
});
