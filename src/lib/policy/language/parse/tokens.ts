import { quote } from '#base/error.ts';
import { isDigit, isIdentifierPart, isIdentifierStart, isQuotedPart, isSpace } from './characters.ts';
import { ParseFailure } from './failure.ts';
import { readNumber } from './number-literal.ts';
import { readTextLiteral } from './text-literal.ts';
import type { Token } from './token.ts';

const SYMBOLS = new Set('+ - * / % < > ! ? : . , ( ) [ ] { } && || == != <= >='.split(' '));

/** All words of a text, the last of kind `end`. Throws `ParseFailure`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at = skipSpace(text, token.end);
  }
  tokens.push({ kind: 'end', offset: text.length, end: text.length });
  return tokens;
}

/** White space and comments, which go from `//` to the end of the line. */
function skipSpace(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    while (isSpace(text.charCodeAt(at))) {
      at += 1;
    }
    if (!text.startsWith('//', at)) {
      return at;
    }
    const end = text.indexOf('\n', at);
    at = end === -1 ? text.length : end;
  }
}

function tokenAt(text: string, offset: number): Token {
  const code = text.charCodeAt(offset);
  if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(offset + 1)))) {
    return readNumber(text, offset);
  }
  return readTextLiteral(text, offset) ?? (isIdentifierStart(code) ? word(text, offset) : symbol(text, offset));
}

function word(text: string, offset: number): Token {
  let end = offset + 1;
  while (isIdentifierPart(text.charCodeAt(end))) {
    end += 1;
  }
  const name = text.slice(offset, end);
  switch (name) {
    case 'true':
    case 'false':
      return { kind: 'word', text: name, value: name === 'true', offset, end };
    case 'null':
      return { kind: 'word', text: name, value: null, offset, end };
    case 'in':
      return { kind: 'symbol', text: name, offset, end };
    default:
      return { kind: 'identifier', text: name, offset, end };
  }
}

function symbol(text: string, offset: number): Token {
  for (const length of [2, 1]) {
    const found = text.slice(offset, offset + length);
    if (found.length === length && SYMBOLS.has(found)) {
      return { kind: 'symbol', text: found, offset, end: offset + length };
    }
  }
  if (text[offset] === '`') {
    return quoted(text, offset);
  }
  const found = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  throw new ParseFailure(`${quote(found)} has no meaning here`, offset, found.length);
}

function quoted(text: string, offset: number): Token {
  let end = offset + 1;
  while (isQuotedPart(text.charCodeAt(end))) {
    end += 1;
  }
  if (text[end] !== '`' || end === offset + 1) {
    throw new ParseFailure(
      'a name in backquotes has letters, digits, _ . - / and spaces, and a closing backquote',
      offset,
      end - offset,
    );
  }
  return { kind: 'quoted-identifier', text: text.slice(offset + 1, end), offset, end: end + 1 };
}
