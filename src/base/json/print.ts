/**
 * JSON for a file or a terminal, two spaces deep, with a final line feed. JSON.stringify escapes the controls below U+0020 only;
 * here the other characters that could steer a terminal or reorder a line (C1 controls, bidirectional and invisible
 * format characters) are escaped too, since texts from images and feeds are printed. Any JSON parser reads the same value.
 */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\u00ad\p{Cf}\u2028\u2029]/gu, escapeUnits)}\n`;
}

function escapeUnits(char: string): string {
  let escaped = '';
  for (let at = 0; at < char.length; at += 1) {
    escaped += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
