import { placeText } from '#base/yaml.ts';
import type { DocumentHead, Expression, Position } from '#model/policy.ts';
import { positionAt, positionOf } from '../documents/position.ts';
import type { DocumentIssue } from './compiled.ts';

type Path = readonly (string | number)[];
type What = Pick<DocumentIssue, 'severity' | 'code' | 'message'>;

/** An issue about a member of a document. */
export function memberIssue(document: Pick<DocumentHead, 'file' | 'positions'>, path: Path, what: What): DocumentIssue {
  const place = placeText(path);
  return { ...what, file: document.file, ...positionOf(document, place), place };
}

/** An issue about a part of an expression: `offset` in its text. */
export function expressionIssue(
  { file }: Pick<DocumentHead, 'file'>,
  path: Path,
  at: { readonly expression: Expression; readonly offset: number },
  what: What,
): DocumentIssue {
  const { line, column }: Position = positionAt(at.expression, at.offset);
  return { ...what, file, line, column, place: placeText(path) };
}
