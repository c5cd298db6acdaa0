import { AppError, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { NamedPackage, OsRelease } from './package.ts';

export type PurlCode =
  /** A package URL, or what one was to be built from, breaks a rule of the purl specification. */
  'PURL_INVALID';

class PurlError extends AppError<PurlCode> {}

/** The components of a package URL, decoded. Absent and empty are the same. */
export interface PurlParts {
  readonly type: string;
  /** Segments separated by slashes. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: ReadonlyMap<string, string> | undefined;
  readonly subpath?: string | undefined;
}

/** What the definition of a type adds to the rules for all; components that are not case-sensitive are lower case. */
interface TypeRules {
  readonly lowerCase: readonly ('namespace' | 'name' | 'version')[];
  /** Of a repository whose names are not case-sensitive either. */
  readonly lowerCaseName?: (qualifiers: ReadonlyMap<string, string>) => boolean;
  /** Written `-` in names. */
  readonly dashes?: string;
  /** The namespace is one segment, a host, and the name is all that is behind it. */
  readonly hosted?: true;
  readonly namespace?: 'required' | 'prohibited';
  readonly name?: RegExp;
  readonly version?: RegExp;
  /** A qualifier that has to be there. */
  readonly qualifier?: string;
}

/** Of golang the definition says both that it is case-sensitive and that it "shall be lowercased"; the second is a rule. */
const TYPE_RULES: ReadonlyMap<string, TypeRules> = new Map([
  ['alpm', { lowerCase: ['namespace', 'name'] }],
  ['apk', { lowerCase: ['namespace', 'name'] }],
  ['bitbucket', { lowerCase: ['namespace', 'name'] }],
  ['brew', { lowerCase: ['namespace', 'name'] }],
  ['chrome-extension', { lowerCase: [], name: /^[a-p]{32}$/, version: /^(?:\d+(?:\.\d+){0,3})?$/ }],
  ['composer', { lowerCase: ['namespace', 'name'] }],
  ['cpan', { lowerCase: [], name: /^(?:[^:]|:(?!:))*$/ }],
  ['deb', { lowerCase: ['namespace', 'name'] }],
  ['git', { lowerCase: [], hosted: true }],
  ['github', { lowerCase: ['namespace', 'name'] }],
  ['golang', { lowerCase: ['namespace', 'name'] }],
  ['huggingface', { lowerCase: ['version'] }],
  ['julia', { lowerCase: [], qualifier: 'uuid' }],
  ['mlflow', { lowerCase: [], lowerCaseName: isOfDatabricks }],
  ['oci', { lowerCase: ['name', 'version'] }],
  ['otp', { lowerCase: [], namespace: 'prohibited' }],
  ['pypi', { lowerCase: ['name', 'version'], dashes: '_' }],
  ['rpm', { lowerCase: ['namespace'] }],
  ['swift', { lowerCase: [], namespace: 'required' }],
  ['vcpkg', { lowerCase: [], namespace: 'prohibited' }],
  ['vscode-extension', { lowerCase: [], namespace: 'required' }],
]);

/**
 * The canonical package URL (purl specification, "How to build a purl string from its components"). Throws `PURL_INVALID`
 * for a type or a qualifier key that is none, and for an empty name.
 */
export function buildPurl(parts: PurlParts): string {
  const { type, namespace, name, version, qualifiers, subpath } = normalise(parts);
  const names = TYPE_RULES.get(type)?.hosted === true ? segments(name) : [name];
  const path = [type, ...segments(namespace), ...names].map(encode).join('/');
  const query = [...qualifiers].map(([key, value]) => `${key}=${encode(value)}`).join('&');
  const tail = segments(subpath).map(encode).join('/');
  return [
    `pkg:${path}`,
    version === '' ? '' : `@${encode(version)}`,
    query === '' ? '' : `?${query}`,
    tail === '' ? '' : `#${tail}`,
  ].join('');
}

/**
 * The components of a package URL, normalised ("How to parse a purl string in its components"). Throws `PURL_INVALID`, or
 * `LIMIT_EXCEEDED` for a text of more than `LIMITS.purlChars` characters.
 */
export function parsePurl(text: string): PurlParts {
  if (text.length > LIMITS.purlChars) {
    throw limitExceeded(quote(text, 80), LIMITS.purlChars, 'characters', text.length);
  }
  const [beforeSubpath, subpath] = splitLast(text, '#');
  const [beforeQuery, query] = splitLast(beforeSubpath, '?');
  const colon = beforeQuery.indexOf(':');
  if (beforeQuery.slice(0, colon).toLowerCase() !== 'pkg') {
    throw broken(text, 'the scheme pkg:');
  }
  const path = trimSlashes(beforeQuery.slice(colon + 1));
  const slash = path.indexOf('/');
  if (slash === -1) {
    throw broken(text, 'a type and a name');
  }
  const [location, version] = splitVersion(path.slice(slash + 1));
  const [namespace, name] = splitName(location);
  const decoded = (component: string): string => decode(component, text);
  return normalise({
    type: path.slice(0, slash),
    namespace: segments(namespace).map(decoded).join('/'),
    name: decoded(name),
    version: decoded(version),
    qualifiers: parseQualifiers(query, text),
    subpath: segments(subpath).map(decoded).filter(isRealSegment).join('/'),
  });
}

/** The components of a package URL; null for any other text. */
export function parsePurlOrNull(text: string): PurlParts | null {
  if (!text.startsWith('pkg:')) {
    return null;
  }
  try {
    return parsePurl(text);
  } catch (error) {
    if (error instanceof AppError) {
      return null;
    }
    throw error;
  }
}

/**
 * The package URL of an installed package. Packages of a distribution have its id as namespace and `arch`, `distro` and,
 * where the source package has another name or version, `upstream` as qualifiers; without os-release there is no namespace,
 * since the vendor is not known. Throws `PURL_INVALID` for a record without a name.
 */
export function packagePurl(record: NamedPackage, os: OsRelease | null): string {
  const { type, version } = record;
  switch (type) {
    case 'rpm': {
      const [epoch, withoutEpoch] = splitEpoch(version);
      const qualifiers = new Map([
        ...distroQualifiers({ ...record, version: withoutEpoch }, os),
        ['epoch', epoch],
        ['rpmmod', record.module ?? ''],
      ]);
      return buildPurl({ type, namespace: os?.id, name: record.name, version: withoutEpoch, qualifiers });
    }
    case 'ebuild': {
      const [namespace, name] = splitName(record.name);
      return buildPurl({ type, namespace, name, version, qualifiers: distroQualifiers(record, os) });
    }
    case 'flatpak':
    case 'nix':
    case 'snap':
      return buildPurl({
        type,
        name: record.name,
        version,
        qualifiers: new Map([['arch', record.architecture ?? '']]),
      });
    case 'alpm':
    case 'apk':
    case 'deb':
    case 'opkg':
      return buildPurl({
        type,
        namespace: os?.id,
        name: record.name,
        version,
        qualifiers: distroQualifiers(record, os),
      });
    case 'composer':
    case 'github':
    case 'golang':
    case 'huggingface':
    case 'npm':
    case 'pear':
    case 'swift':
    case 'terraform': {
      const [namespace, name] = splitName(record.name);
      return buildPurl({ type, namespace, name, version });
    }
    case 'maven': {
      const colon = record.name.indexOf(':');
      const namespace = record.name.slice(0, Math.max(colon, 0));
      return buildPurl({
        type,
        namespace,
        name: record.name.slice(colon + 1),
        version,
        qualifiers: ownQualifiers(record),
      });
    }
    case 'gem': {
      const qualifiers = new Map([['platform', record.architecture ?? '']]);
      return buildPurl({ type, name: record.name, version, qualifiers });
    }
    case 'pypi':
      return buildPurl({ type, name: record.name, version });
    default:
      return buildPurl({ type, name: record.name, version, qualifiers: ownQualifiers(record) });
  }
}

function ownQualifiers({ qualifiers }: NamedPackage): ReadonlyMap<string, string> {
  return new Map(Object.entries(qualifiers ?? {}));
}

/** `1:2.3-4` has the epoch 1; none is the empty text. */
function splitEpoch(version: string): readonly [epoch: string, rest: string] {
  const epoch = /^([0-9]+):/.exec(version)?.[1];
  return epoch === undefined ? ['', version] : [epoch, version.slice(epoch.length + 1)];
}

function distroQualifiers(record: NamedPackage, os: OsRelease | null): ReadonlyMap<string, string> {
  return new Map([
    ['arch', record.architecture ?? ''],
    ['distro', [os?.id ?? '', os?.versionId ?? ''].filter((part) => part !== '').join('-')],
    ['upstream', upstreamOf(record)],
  ]);
}

/** `source` or `source@version`, as Syft writes it; empty when the package is its own source. */
function upstreamOf({ name, version, source }: NamedPackage): string {
  if (source === undefined || (source.name === name && source.version === version)) {
    return '';
  }
  return source.version === version || source.version === '' ? source.name : `${source.name}@${source.version}`;
}

type Normalised = Required<{ readonly [Part in keyof PurlParts]: Exclude<PurlParts[Part], undefined> }>;

function normalise(parts: PurlParts): Normalised {
  const type = parts.type.toLowerCase();
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) {
    throw broken(parts.type, 'a type of letters, digits, dots and dashes that starts with a letter');
  }
  const rules = TYPE_RULES.get(type) ?? { lowerCase: [] };
  const { lowerCase, lowerCaseName, dashes, hosted } = rules;
  const folded = (component: 'namespace' | 'name' | 'version'): string => {
    const text = parts[component] ?? '';
    return lowerCase.includes(component) ? text.toLowerCase() : text;
  };
  const name = trimSlashes(folded('name'));
  if (name === '') {
    throw broken(`pkg:${type}`, 'a name');
  }
  assertTypeRules(type, rules, parts);
  const qualifiers = normaliseQualifiers(parts.qualifiers ?? new Map());
  const dashed = dashes === undefined ? name : name.replaceAll(dashes, '-');
  const cased = lowerCaseName?.(qualifiers) === true ? dashed.toLowerCase() : dashed;
  const space = segments(folded('namespace'));
  const [namespace, last] = hosted === true ? splitHost([...space, ...segments(cased)]) : [space.join('/'), cased];
  return {
    type,
    namespace,
    name: last,
    version: folded('version'),
    qualifiers,
    subpath: segments(parts.subpath ?? '')
      .filter(isRealSegment)
      .join('/'),
  };
}

function splitHost(path: readonly string[]): readonly [host: string, name: string] {
  const [host = '', ...rest] = path;
  return rest.length === 0 ? ['', host] : [host, rest.join('/')];
}

/** By the host of its `repository_url`, as the definition of mlflow names it. */
function isOfDatabricks(qualifiers: ReadonlyMap<string, string>): boolean {
  const url = (qualifiers.get('repository_url') ?? '').toLowerCase();
  const scheme = url.indexOf('://');
  const [host = ''] = url.slice(scheme === -1 ? 0 : scheme + 3).split('/', 1);
  return host.endsWith('.azuredatabricks.net') || host.endsWith('.databricks.com');
}

function assertTypeRules(
  type: string,
  rules: TypeRules,
  { namespace = '', name, version = '', qualifiers }: PurlParts,
): void {
  const isNamed = segments(namespace).length > 0;
  if (rules.namespace !== undefined && isNamed !== (rules.namespace === 'required')) {
    throw broken(`pkg:${type}/${name}`, `${isNamed ? 'no' : 'a'} namespace`);
  }
  if (rules.name?.test(name) === false || rules.version?.test(version) === false) {
    throw broken(`pkg:${type}/${name}@${version}`, `a name and a version of type ${type}`);
  }
  if (rules.qualifier !== undefined && (qualifiers?.get(rules.qualifier) ?? '') === '') {
    throw broken(`pkg:${type}/${name}`, `the qualifier ${rules.qualifier}`);
  }
}

/** Keys in lower case, sorted; a key without a value is no qualifier. */
function normaliseQualifiers(qualifiers: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const normalised = new Map<string, string>();
  for (const [given, value] of qualifiers) {
    const key = given.toLowerCase();
    if (!/^[a-z][a-z0-9._-]*$/.test(key) || normalised.has(key)) {
      throw broken(given, 'qualifier keys of letters, digits, dots, dashes and underscores, each once');
    }
    if (value !== '') {
      normalised.set(key, value);
    }
  }
  return new Map([...normalised].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function parseQualifiers(query: string, purl: string): ReadonlyMap<string, string> {
  const qualifiers = new Map<string, string>();
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const equals = pair.indexOf('=');
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (qualifiers.has(key)) {
      throw broken(purl, `the qualifier ${quote(key)} once`);
    }
    qualifiers.set(key, equals === -1 ? '' : decode(pair.slice(equals + 1), purl));
  }
  return qualifiers;
}

/** The version follows the last `@`, unless that one opens an npm scope that was not encoded: `npm/@babel/core`. */
function splitVersion(path: string): readonly [location: string, version: string] {
  const at = path.lastIndexOf('@');
  const opensScope = path.includes('/', at) && (at === 0 || path[at - 1] === '/');
  return at === -1 || opensScope ? [path, ''] : [path.slice(0, at), path.slice(at + 1)];
}

function splitName(path: string): readonly [namespace: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}

function splitLast(text: string, separator: string): readonly [before: string, after: string] {
  const at = text.lastIndexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** A subpath stays inside its package. */
function isRealSegment(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..';
}

function trimSlashes(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === '/') {
    start += 1;
  }
  while (end > start && text[end - 1] === '/') {
    end -= 1;
  }
  return text.slice(start, end);
}

/** All but unreserved characters (RFC 3986) and the colon is percent-encoded; most texts have none of these. */
function encode(text: string): string {
  return /^[\w.~:-]*$/.test(text)
    ? text
    : encodeURIComponent(text.toWellFormed())
        .replaceAll('%3A', ':')
        .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(component: string, purl: string): string {
  if (!component.includes('%')) {
    return component.toWellFormed();
  }
  try {
    return decodeURIComponent(component).toWellFormed();
  } catch (error) {
    throw new PurlError('PURL_INVALID', 'not a package URL', {
      object: quote(purl),
      expected: 'percent-encoded UTF-8',
      found: quote(component),
      cause: error,
    });
  }
}

function broken(found: string, expected: string): PurlError {
  return new PurlError('PURL_INVALID', 'not a package URL', { object: quote(found), expected });
}
