/** Longer texts are cut before anything else looks at them; no line of a screen comes near it. */
const MAX_TEXT = 4000;

/**
 * Untrusted text for a terminal: white space, line feeds included, becomes single blanks; controls, escape sequences,
 * bidirectional and invisible format characters, private-use characters and lone surrogates show as `\u{…}`.
 */
export function visible(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(
      /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu,
      (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

/** Columns that the text takes; never fewer than a terminal uses, since combining marks are counted as one. */
export function columnsOf(text: string): number {
  if (isPrintableAscii(text)) {
    return text.length;
  }
  let columns = 0;
  for (const char of text) {
    columns += isWide(char) ? 2 : 1;
  }
  return columns;
}

/** The text if it fits into `columns`, else its beginning and `…`. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) {
    return text;
  }
  return `${take(Array.from(text), columns - 1).join('')}…`;
}

/** Like `fit`, but keeps the end: of a path the last part says most. */
export function fitEnd(text: string, columns: number): string {
  if (columnsOf(text) <= columns) {
    return text;
  }
  return `…${take(Array.from(text).toReversed(), columns - 1)
    .toReversed()
    .join('')}`;
}

/** `text` and blanks up to `columns`; longer text is left as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/**
 * Lines of at most `columns`, broken at blanks only: a word that is longer than a line is cut with `…`. The first line
 * starts with `first`, the others with as many blanks.
 */
export function wrap(text: string, columns: number, first = ''): readonly string[] {
  const room = Math.max(1, columns - columnsOf(first));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const piece = fit(word, room);
    const longer = line === '' ? piece : `${line} ${piece}`;
    if (columnsOf(longer) <= room) {
      line = longer;
    } else {
      lines.push(line);
      line = piece;
    }
  }
  lines.push(line);
  const rest = ' '.repeat(columnsOf(first));
  return lines.map((part, index) => (index === 0 ? first : rest) + part);
}

/** `2439` as `2,439`. */
export function grouped(count: number): string {
  const digits = String(count);
  let text = '';
  for (let at = 0; at < digits.length; at += 1) {
    text += (digits.length - at) % 3 === 0 && at > 0 ? `,${digits.charAt(at)}` : digits.charAt(at);
  }
  return text;
}

/** `1 layer`, `2 layers`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

function take(chars: readonly string[], columns: number): readonly string[] {
  let used = 0;
  let count = 0;
  for (const char of chars) {
    used += isWide(char) ? 2 : 1;
    if (used > columns) {
      break;
    }
    count += 1;
  }
  return chars.slice(0, count);
}

function isPrintableAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** East Asian wide and emoji (Unicode Annex 11), by script: a few narrow characters among them are counted as wide. */
function isWide(char: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\p{Script=Nushu}\p{Emoji_Presentation}\u2329\u232a\u2e80-\u303f\u3200-\u33ff\u4dc0-\u4dff\ufe10-\ufe6f\uff00-\uffef]/u.test(
    char,
  );
}
