/**
 * True for an absolute http or https URI that RFC 3986 allows as it stands: ASCII, percent signs followed by two hex
 * digits, no brackets, one fragment at most. Published schemas ask for this (`format: uri`), and links from feeds are
 * only shown as links when they pass.
 */
export function isHttpUri(text: string): boolean {
  return (
    (text.startsWith('https://') || text.startsWith('http://')) &&
    /^[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+$/.test(text) &&
    text.indexOf('#') === text.lastIndexOf('#') &&
    hasWholeEscapes(text) &&
    URL.canParse(text)
  );
}

function hasWholeEscapes(text: string): boolean {
  let at = text.indexOf('%');
  while (at !== -1) {
    if (!/^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3))) {
      return false;
    }
    at = text.indexOf('%', at + 1);
  }
  return true;
}
