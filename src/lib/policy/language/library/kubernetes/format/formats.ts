import { isGoUrl } from '../url/go-url.ts';

/** What is wrong with a text; null where nothing is. */
type Check = (text: string) => string | null;

const LABEL = 63;
const SUBDOMAIN = 253;
/** Texts past it are of no format but a URI or Base64. */
const SHORT = 512;

/** By the names that `format.named` takes. */
export const FORMATS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['dns1123Label', dns1123Label],
  ['dns1123Subdomain', dns1123Subdomain],
  ['dns1035Label', dns1035Label],
  ['qualifiedName', qualifiedName],
  ['dns1123LabelPrefix', (text) => dns1123Label(withoutTrailingDash(text))],
  ['dns1123SubdomainPrefix', (text) => dns1123Subdomain(withoutTrailingDash(text))],
  ['dns1035LabelPrefix', (text) => dns1035Label(withoutTrailingDash(text))],
  ['labelValue', (text) => (text === '' ? null : labelName(text))],
  ['uri', (text) => (isGoUrl(text) ? null : 'expected an absolute URL or path')],
  ['uuid', uuid],
  ['byte', base64],
  ['date', date],
  ['datetime', datetime],
]);

function dns1123Label(text: string): string | null {
  return isWithin(text, LABEL) && isLowerLabel(text)
    ? null
    : `expected 1 to ${LABEL} lower-case letters, digits and dashes, no dash first or last`;
}

function dns1123Subdomain(text: string): string | null {
  return isWithin(text, SUBDOMAIN) && text.split('.').every(isLowerLabel)
    ? null
    : `expected labels of lower-case letters, digits and dashes, with dots between them, ${SUBDOMAIN} characters at most`;
}

function dns1035Label(text: string): string | null {
  return isWithin(text, LABEL) && isLowerLabel(text) && /^[a-z]/.test(text)
    ? null
    : `expected a lower-case letter, then letters, digits and dashes, no dash last, ${LABEL} characters at most`;
}

/** `example.com/name` or `name`. */
function qualifiedName(text: string): string | null {
  const slash = text.indexOf('/');
  const prefix = slash === -1 ? null : dns1123Subdomain(text.slice(0, slash));
  return prefix === null ? labelName(text.slice(slash + 1)) : `before the slash: ${prefix}`;
}

function labelName(text: string): string | null {
  return isWithin(text, LABEL) &&
    /^[A-Za-z0-9_.-]+$/.test(text) &&
    /^[A-Za-z0-9]/.test(text) &&
    /[A-Za-z0-9]$/.test(text)
    ? null
    : `expected 1 to ${LABEL} letters, digits, dashes, dots and underscores, a letter or digit first and last`;
}

function uuid(text: string): string | null {
  const groups = '[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}';
  return isWithin(text, SHORT) && new RegExp(`^${groups}$`).test(text) ? null : 'expected a UUID';
}

function base64(text: string): string | null {
  return text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? null : 'expected Base64, padded';
}

function date(text: string): string | null {
  return isWithin(text, SHORT) && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) && isDay(text)
    ? null
    : 'expected a day such as 2026-01-31';
}

function datetime(text: string): string | null {
  const time = isWithin(text, SHORT)
    ? /^[tT]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(?:\.[0-9]+)?(?:[zZ]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])$/
    : null;
  return time !== null && date(text.slice(0, 10)) === null && time.test(text.slice(10))
    ? null
    : 'expected an instant such as 2026-01-31T12:00:00Z';
}

/** A date that JavaScript moves to another day does not exist. */
function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function isWithin(text: string, most: number): boolean {
  return text.length > 0 && text.length <= most;
}

function isLowerLabel(text: string): boolean {
  return /^[a-z0-9-]+$/.test(text) && !text.startsWith('-') && !text.endsWith('-');
}

/** What is generated behind a prefix takes the place of its dash. */
function withoutTrailingDash(text: string): string {
  return text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text;
}
