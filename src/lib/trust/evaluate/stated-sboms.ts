import { isAppError } from '#base/error.ts';
import { parseStatement } from '../attestations/statement.ts';
import type { Judged } from './judged.ts';

/** A statement on the image, about it, that holds a software bill of materials. */
export interface StatedSbom {
  /** Which one: an index into the evidence. */
  readonly evidence: number;
  /** The in-toto statement: the very bytes that were judged. */
  readonly statement: Uint8Array;
}

/** The predicate types of documents, with or without a version behind them. */
const TYPES = ['https://cyclonedx.org/bom', 'https://spdx.dev/Document', 'https://syft.dev/bom'];

/**
 * Whoever signed them, if anybody did. One whose head could not be read is among them, since reading it whole says why; one about another
 * manifest is not.
 */
export function statedSboms(judged: readonly Judged[]): readonly StatedSbom[] {
  return judged.flatMap((item, evidence) => {
    const { kind, bytes } = item.content.content;
    const type = kind === 'statement' ? typeOf(item, bytes) : null;
    return type !== null && TYPES.some((known) => type === known || type.startsWith(`${known}/`))
      ? [{ evidence, statement: bytes }]
      : [];
  });
}

function typeOf({ claim, content, rejected }: Judged, bytes: Uint8Array): string | null {
  if (claim !== null) {
    return claim.predicateType;
  }
  if (!rejected.some(({ code }) => code === 'PREDICATE_INVALID')) {
    return null;
  }
  try {
    return parseStatement(bytes, content.object).predicateType;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}
