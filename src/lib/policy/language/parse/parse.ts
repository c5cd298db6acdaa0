import { LIMITS } from '#base/limits.ts';
import type { CelIssue } from '../error.ts';
import type { Ast } from './ast.ts';
import { ParseFailure } from './failure.ts';
import { Parser } from './parser.ts';
import { tokensOf } from './tokens.ts';

export type Parsed =
  | { readonly ok: true; readonly ast: Ast }
  | { readonly ok: false; readonly issues: readonly CelIssue[] };

/** Reads an expression and expands its macros. Never throws: a text that is none, or is past a limit, has issues. */
export function parse(text: string): Parsed {
  try {
    return { ok: true, ast: parseOrThrow(text) };
  } catch (error) {
    if (error instanceof ParseFailure) {
      return { ok: false, issues: [{ offset: error.offset, length: error.length, message: error.message }] };
    }
    throw error;
  }
}

function parseOrThrow(text: string): Ast {
  if (text.length > LIMITS.expressionLength) {
    throw new ParseFailure(`the expression is longer than ${LIMITS.expressionLength} characters`, 0, text.length);
  }
  if (!text.isWellFormed()) {
    throw new ParseFailure('the expression is no well-formed Unicode', 0, text.length);
  }
  const parser = new Parser(tokensOf(text));
  const root = parser.whole();
  return { text, root, nodes: parser.nodes };
}
