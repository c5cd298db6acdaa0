/**
 * RFC 3339 `date-time` in milliseconds UTC; null for any other text, and for a day or an hour that does not exist. A leap
 * second is the second after it.
 */
export function parseDateTime(text: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,20})?([Zz]|[+-]\d{2}:?\d{2})$/.exec(text);
  if (parts === null) {
    return null;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const offset = offsetMinutes(parts[8] ?? 'Z');
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || offset === null) {
    return null;
  }
  if (hour > 23 || minute > 59) {
    return null;
  }
  const whole = Date.UTC(2000, month - 1, day, hour, minute - offset, Math.min(second, 59));
  // Date.UTC takes years below 100 for others.
  const at = new Date(whole);
  at.setUTCFullYear(at.getUTCFullYear() + year - 2000);
  const inUtc = at.getUTCHours() * 60 + at.getUTCMinutes();
  if (second > 59 && !(second === 60 && inUtc === 23 * 60 + 59)) {
    return null;
  }
  return at.getTime() + (second === 60 ? 1000 : 0) + Math.floor(Number(`0${parts[7] ?? ''}`) * 1000);
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function offsetMinutes(text: string): number | null {
  if (text === 'Z' || text === 'z') {
    return 0;
  }
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  const sign = text.startsWith('-') ? -1 : 1;
  return hours > 23 || minutes > 59 ? null : sign * (hours * 60 + minutes);
}

/** RFC 3986 `URI`: with a scheme, every character one that a URI may have, every percent sign with its two digits. */
export function isUri(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon < 1 || !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(text.slice(0, colon)) || !hasWholeEscapes(text)) {
    return false;
  }
  const [hierarchy = '', fragment = '', ...more] = text.slice(colon + 1).split('#');
  const question = hierarchy.indexOf('?');
  const query = question === -1 ? '' : hierarchy.slice(question + 1);
  const beforeQuery = question === -1 ? hierarchy : hierarchy.slice(0, question);
  const inside = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/;
  return more.length === 0 && inside.test(fragment) && inside.test(query) && isHierarchy(beforeQuery);
}

function isHierarchy(text: string): boolean {
  const path = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/;
  if (!text.startsWith('//')) {
    return path.test(text);
  }
  const slash = text.indexOf('/', 2);
  const authority = slash === -1 ? text.slice(2) : text.slice(2, slash);
  return isAuthority(authority) && (slash === -1 || path.test(text.slice(slash)));
}

function isAuthority(text: string): boolean {
  const at = text.indexOf('@');
  const host = text.slice(at + 1);
  if (at !== -1 && !/^[A-Za-z0-9\-._~!$&'()*+,;=:%]*$/.test(text.slice(0, at))) {
    return false;
  }
  if (host.startsWith('[')) {
    // An address of IP version 6 in brackets, which nobody uses in an advisory: whether it is one is URL's to say.
    return URL.canParse(`http://${host}/`);
  }
  const colon = host.indexOf(':');
  const name = colon === -1 ? host : host.slice(0, colon);
  return /^[A-Za-z0-9\-._~!$&'()*+,;=%]*$/.test(name) && (colon === -1 || /^[0-9]*$/.test(host.slice(colon + 1)));
}

function hasWholeEscapes(text: string): boolean {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 1)) {
    if (!/^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3))) {
      return false;
    }
  }
  return true;
}
