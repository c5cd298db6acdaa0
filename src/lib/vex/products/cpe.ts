/** The eleven attributes of a CPE name, lower case; `*` stands for any value. */
export type Cpe = readonly string[];

const ATTRIBUTES = 11;

/** A name of CPE 2.3 as a formatted string, or of CPE 2.2 as a URI; null for any other text. */
export function parseCpe(text: string): Cpe | null {
  if (text.length > 1000) {
    return null;
  }
  const lower = text.toLowerCase();
  return lower.startsWith('cpe:2.3:') ? parseFormatted(lower) : lower.startsWith('cpe:/') ? parseUri(lower) : null;
}

/** Whether one name is that of the other, or of more: what it leaves open may be anything there. */
export function cpeCovers(pattern: Cpe, found: Cpe): boolean {
  const [, vendor, product] = pattern;
  // Of any vendor or product, it would be anybody's.
  return vendor !== '*' && product !== '*' && pattern.every((value, index) => value === '*' || value === found[index]);
}

function parseFormatted(text: string): Cpe | null {
  const parts: string[] = [];
  let part = '';
  for (let at = 'cpe:2.3:'.length; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === ':') {
      parts.push(part);
      part = '';
    } else if (char === '\\') {
      at += 1;
      part += text.charAt(at);
    } else {
      part += char;
    }
  }
  parts.push(part);
  return parts.length === ATTRIBUTES && !parts.includes('') ? parts : null;
}

function parseUri(text: string): Cpe | null {
  const parts = text.slice('cpe:/'.length).split(':').map(decoded);
  const [part = ''] = parts;
  if (parts.length > 7 || part === '' || parts.some((value) => value === null)) {
    return null;
  }
  const values = parts.map((value) => (value === null || value === '' ? '*' : value));
  // What CPE 2.3 has besides is packed into the sixth: `~edition~software~target~hardware~other`.
  const packed = (values[5] ?? '*').split('~');
  const [edition = '*', software = '*', target = '*', hardware = '*', other = '*'] =
    packed.length === 6 ? packed.slice(1).map((value) => (value === '' ? '*' : value)) : [values[5] ?? '*'];
  const head = [0, 1, 2, 3, 4].map((index) => values[index] ?? '*');
  return [...head, edition, values[6] ?? '*', software, target, hardware, other];
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
