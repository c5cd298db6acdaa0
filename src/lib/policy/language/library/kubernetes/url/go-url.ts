/** A URL as Go's `net/url` reads it, which is what Kubernetes does; WHATWG URLs differ (they add slashes, take hosts apart, lower-case them). */
export interface GoUrl {
  /** Lower case; empty where there is none. */
  readonly scheme: string;
  /** With the port, brackets around an address of IPv6. */
  readonly host: string;
  /** As it stands in the text. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** An absolute URL or an absolute path; null for all else. A fragment is left out. */
export function parseGoUrl(text: string): GoUrl | null {
  const hash = text.indexOf('#');
  // The whole has to be a request's URL first, in which a fragment is a part of what it stands behind.
  const asRequest = parse(text, true);
  if (asRequest === null || hash === -1) {
    return asRequest;
  }
  return unescapes(text.slice(hash + 1)) ? parse(text.slice(0, hash), false) : null;
}

/** Whether it is one: that of a request, without a look at the fragment. */
export function isGoUrl(text: string): boolean {
  return parse(text, true) !== null;
}

function parse(text: string, isRequest: boolean): GoUrl | null {
  if (text === '' || /[^ -~\u0080-\uffff]/.test(text)) {
    return null;
  }
  if (text === '*') {
    return { scheme: '', host: '', path: '*', query: '' };
  }
  const colon = endOfScheme(text);
  if (colon === 0) {
    return null;
  }
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  const [rest, query] = cut(text.slice(colon + 1), '?');
  if (!rest.startsWith('/')) {
    // `mailto:somebody`: all that is behind the colon is opaque.
    return scheme === '' ? null : { scheme, host: '', path: '', query };
  }
  if (!rest.startsWith('//') || (scheme === '' && (isRequest || rest.startsWith('///')))) {
    return unescapes(rest) ? { scheme, host: '', path: rest, query } : null;
  }
  const slash = rest.indexOf('/', 2);
  const host = hostOf(slash === -1 ? rest.slice(2) : rest.slice(2, slash));
  const path = slash === -1 ? '' : rest.slice(slash);
  return host !== null && unescapes(path) ? { scheme, host, path, query } : null;
}

/** Where the scheme's colon stands; -1 for no scheme, 0 for a colon without one. */
function endOfScheme(text: string): number {
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*/.exec(text)?.[0] ?? '';
  return text[scheme.length] === ':' ? scheme.length : -1;
}

/** Without what stands before the `@`; null where anything is wrong. */
function hostOf(authority: string): string | null {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(0, at));
  if (at !== -1 && !(/^[a-zA-Z0-9._:~!$&'()*+,;=%@-]*$/.test(user) && unescapes(user))) {
    return null;
  }
  const host = authority.slice(at + 1);
  return isHost(host) ? decodeHost(host) : null;
}

function isHost(host: string): boolean {
  const bracket = host.startsWith('[') ? host.lastIndexOf(']') : -1;
  if (host.startsWith('[') && bracket === -1) {
    return false;
  }
  const colon = bracket === -1 ? host.lastIndexOf(':') : bracket + 1;
  const port = colon === -1 ? '' : host.slice(colon);
  return /^(?::[0-9]*)?$/.test(port) && isHostText(host);
}

/** Of ASCII only what RFC 3986 has in a host, and no percent-encoded ASCII but the `%25` before a zone. */
function isHostText(host: string): boolean {
  for (const [, ascii, percent] of host.matchAll(/([^%\u0080-\uffff])|%([0-9A-Fa-f]{2})?/g)) {
    if (ascii !== undefined && !/^[a-zA-Z0-9._~!$&'()*+,;=:[\]<>"-]$/.test(ascii)) {
      return false;
    }
    if (ascii === undefined && (percent === undefined || (Number.parseInt(percent, 16) < 0x80 && percent !== '25'))) {
      return false;
    }
  }
  return true;
}

function decodeHost(host: string): string {
  return Buffer.from(unescapeBytes(host)).toString();
}

/** The path percent-encoded: as it stands where that is one way to write it, else written anew. */
export function escapedPath(path: string): string {
  if (path === '*' || /^[a-zA-Z0-9._~!$&'()*+,;=:@[\]%/-]*$/.test(path)) {
    return path;
  }
  const bytes = unescapeBytes(path);
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[a-zA-Z0-9._~$&+,/:;=@-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/** Keys with all their values, decoded. Pairs that cannot be are left out, as those with a semicolon are. */
export function queryOf(query: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    const [key, value] = cut(pair, '=').map((part) => part.replaceAll('+', ' ')) as [string, string];
    if (pair !== '' && !pair.includes(';') && unescapes(key) && unescapes(value)) {
      const name = Buffer.from(unescapeBytes(key)).toString();
      const known = values.get(name) ?? [];
      values.set(name, known);
      known.push(Buffer.from(unescapeBytes(value)).toString());
    }
  }
  return values;
}

/** Without the port and the brackets. */
export function hostnameOf(host: string): string {
  const name = host.slice(0, host.length - portOf(host).length).replace(/:$/, '');
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
}

export function portOf(host: string): string {
  const colon = host.lastIndexOf(':');
  const port = host.slice(colon + 1);
  return colon !== -1 && /^[0-9]*$/.test(port) ? port : '';
}

function cut(text: string, separator: string): readonly [before: string, after: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether two hexadecimal digits stand behind every `%`. */
function unescapes(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

function unescapeBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const result = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const isEscape = byte === 0x25;
    result[length] = isEscape ? Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16) : byte;
    length += 1;
    at += isEscape ? 2 : 0;
  }
  return result.subarray(0, length);
}
