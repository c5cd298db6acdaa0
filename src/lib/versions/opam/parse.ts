import type { DebVersion } from '../deb/parse.ts';
import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, isDigit, isLetter, TILDE, UNDERSCORE } from '../text.ts';

const PLUS = 0x2b;

/** Reads a version of the opam manual, "Version ordering": one of Debian without an epoch; the revision is behind the last dash. */
export function parseOpam(text: string): Parsed<DebVersion> {
  if (text === '' || !isWritten(text)) {
    return invalid(text, 'letters, digits and . _ + - ~ (opam)');
  }
  const dash = text.lastIndexOf('-');
  const upstream = dash === -1 ? text : text.slice(0, dash);
  return { ok: true, version: { epoch: 0, upstream, revision: dash === -1 ? '' : text.slice(dash + 1) } };
}

function isWritten(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isMark = code === DOT || code === UNDERSCORE || code === PLUS || code === DASH || code === TILDE;
    if (!isDigit(code) && !isLetter(code) && !isMark) {
      return false;
    }
  }
  return true;
}
