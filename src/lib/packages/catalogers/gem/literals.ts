/** `\n` and the like in double quotes; any other letter stands for itself. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['s', ' '],
  ['t', '\t'],
  ['v', '\v'],
]);

/** What a literal stands for; null where something would have to be evaluated. */
export function unquote(written: string): string | null {
  if (written.startsWith('%')) {
    return written.startsWith('%q') ? single(written.slice(3, -1)) : double(written.slice(3, -1));
  }
  return written.startsWith("'") ? single(written.slice(1, -1)) : double(written.slice(1, -1));
}

/** Only the backslash itself and what ends the string can be escaped. */
function single(text: string): string {
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const next = text[at + 1];
    if (text[at] === '\\' && next !== undefined && "\\'<>{}()[]".includes(next)) {
      at += 1;
    }
    plain += text[at] ?? '';
  }
  return plain;
}

function double(text: string): string | null {
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (char === '#' && next !== '' && '{$@'.includes(next)) {
      return null;
    }
    if (char !== '\\') {
      plain += char;
      continue;
    }
    const escape = numbered(text.slice(at + 1, at + 12));
    plain += escape?.plain ?? ESCAPES.get(next) ?? next;
    at += escape?.length ?? 1;
  }
  return plain;
}

/** `u00e9`, `u{1f600}`, `xe9` and `351`; of bytes past ASCII it cannot be told what characters they make. */
function numbered(text: string): { readonly plain: string; readonly length: number } | null {
  const unicode = /^u(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{1,6})\})/.exec(text);
  if (unicode !== null) {
    const code = Number.parseInt(unicode[1] ?? unicode[2] ?? '', 16);
    return { plain: code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd', length: unicode[0].length };
  }
  const byte = /^(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))/.exec(text);
  if (byte === null) {
    return null;
  }
  const code = byte[1] === undefined ? Number.parseInt(byte[2] ?? '', 8) : Number.parseInt(byte[1], 16);
  return { plain: code < 0x80 ? String.fromCharCode(code) : '\ufffd', length: byte[0].length };
}
