/**
 * Untrusted text inside a message (SARIF 2.1.0, 3.11): braces would be placeholders, brackets links. Line feeds would
 * end the sentence that GitHub shows.
 */
export function messageText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\\[\]]/g, '\\$&')
    .replaceAll('{', '{{')
    .replaceAll('}', '}}');
}
