export type NextLink =
  | { readonly kind: 'none' }
  | { readonly kind: 'next'; readonly target: string }
  /** What is no Link header, so that nobody takes a garbled one for the last page. */
  | { readonly kind: 'invalid' };

/** What a Link header (RFC 8288, section 3) says with `rel="next"`. */
export function nextLink(header: string): NextLink {
  let at = 0;
  while (at < header.length) {
    const start = skipBlank(header, at);
    const end = header.indexOf('>', start);
    const stop = header[start] !== '<' || end === -1 ? null : endOfLink(header, end + 1);
    if (stop === null) {
      return { kind: 'invalid' };
    }
    if (isNext(header.slice(end + 1, stop))) {
      return { kind: 'next', target: header.slice(start + 1, end) };
    }
    at = stop + 1;
  }
  return { kind: 'none' };
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') {
    at += 1;
  }
  return at;
}

/** Where the comma behind a link's parameters is, or the end; null for a quoted string that never ends. */
function endOfLink(header: string, from: number): number | null {
  let quoted = false;
  for (let at = from; at < header.length; at += 1) {
    const char = header[at];
    if (char === '"') {
      quoted = !quoted;
    } else if (char === '\\' && quoted) {
      at += 1;
    } else if (char === ',' && !quoted) {
      return at;
    }
  }
  return quoted ? null : header.length;
}

function isNext(parameters: string): boolean {
  return parameters.split(';').some((parameter) => {
    const equals = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = parameter.slice(equals + 1).trim();
    const bare = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    return name === 'rel' && bare.toLowerCase().split(' ').includes('next');
  });
}
