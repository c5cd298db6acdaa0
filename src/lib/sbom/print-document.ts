import { printJson } from '#base/json/print.ts';

/**
 * A document as JSON that every parser takes: texts of an image may hold halves of surrogate pairs, which strict parsers
 * refuse even when escaped; each becomes U+FFFD. Member names have to be our own.
 */
export function printDocument(document: unknown): string {
  const text = printJson(document);
  return text.includes('\\ud') ? printJson(JSON.parse(JSON.stringify(document, wellFormed))) : text;
}

/** For `JSON.stringify`: halves of surrogate pairs become U+FFFD. */
export function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
