/** What begins something else than plain text in YAML (YAML 1.2.2, section 5.3, "Indicator Characters"). */
const INDICATORS = '-?:,[]{}#&*!|>\'"%@`';
/** A list that is longer says nothing; snapd knows ten architectures. */
export const ITEMS_KEPT = 64;
const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

/** Control characters are no YAML, and other blanks than these two none that it knows. */
const PRINTABLE = /^[^\p{Cc}]*$/u;

/** Without blanks at its ends. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (isBlank(text[start])) {
    start += 1;
  }
  while (end > start && isBlank(text[end - 1])) {
    end -= 1;
  }
  return text.slice(start, end);
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

/** A text that is written on one line of YAML, quoted or not; null for whatever else. Numbers are the text that they are written as. */
export function scalarOf(written: string): string | null {
  if (!PRINTABLE.test(written)) {
    return null;
  }
  if (written.startsWith("'")) {
    return quoted(written, "'")?.replaceAll("''", "'") ?? null;
  }
  if (written.startsWith('"')) {
    const text = quoted(written, '"');
    return text?.includes('\\') === true ? null : text;
  }
  const comment = written.indexOf(' #');
  const plain = trimBlanks(comment === -1 ? written : written.slice(0, comment));
  if (NULLS.has(plain)) {
    return '';
  }
  return INDICATORS.includes(plain.charAt(0)) || plain.includes(': ') || plain.endsWith(':') ? null : plain;
}

/** A list on one line, or one text for a list of it; null for whatever else. */
export function listOf(written: string): string[] | null {
  const isList = written.startsWith('[') && written.endsWith(']');
  const list = isList ? trimBlanks(written.slice(1, -1)) : written;
  if (list === '') {
    return [];
  }
  const items: string[] = [];
  for (const part of isList ? list.split(',', ITEMS_KEPT + 1) : [list]) {
    const item = scalarOf(trimBlanks(part));
    if (item === null || item === '' || items.length === ITEMS_KEPT) {
      return null;
    }
    items.push(item);
  }
  return items;
}

/** Up to the quote that ends it, behind which only a comment may be; a single one that is doubled ends nothing. */
function quoted(written: string, quote: string): string | null {
  for (let at = 1; at < written.length; at += 1) {
    if (written[at] === quote) {
      if (quote === "'" && written[at + 1] === quote) {
        at += 1;
      } else {
        const rest = written.slice(at + 1);
        return rest === '' || rest.startsWith(' #') ? written.slice(1, at) : null;
      }
    }
  }
  return null;
}
