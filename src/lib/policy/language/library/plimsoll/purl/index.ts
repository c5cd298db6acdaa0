import { isAppError } from '#base/error.ts';
import { buildPurl, type PurlParts, parsePurl } from '#model/purl.ts';
import { CelError } from '../../../error.ts';
import type { FunctionDeclaration, Library } from '../../../library.ts';
import type { Meter } from '../../../meter.ts';
import { BOOL, opaqueOf, STRING } from '../../../type.ts';
import type { CelOpaque, CelValue } from '../../../value.ts';
import { chargeLength, readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toOpaque } from '../../declare.ts';

const PURL = opaqueOf('purl');
/** As the name of a pattern: every name of the namespace. */
const ANY_NAME = '*';

class PurlValue implements CelOpaque {
  readonly kind = 'opaque';
  readonly type = PURL;
  readonly parts: PurlParts;
  /** Canonical. */
  readonly text: string;

  constructor(parts: PurlParts) {
    this.parts = parts;
    this.text = buildPurl(parts);
  }

  equals(other: CelValue): boolean {
    return other instanceof PurlValue && other.text === this.text;
  }

  show(): string {
    return this.text;
  }
}

export const purl: Library = {
  name: 'plimsoll.purl',
  description: 'Package URLs, normalised as their types have it.',
  functions: [
    fn(
      'purl',
      'The package URL that a text stands for.',
      globalCall('string_to_purl', [STRING], PURL, ([text], meter) => parse(text, meter)),
    ),
    part('type', '`npm`, `deb`.', ({ type }) => type),
    part(
      'namespace',
      '`debian`, `@scope`, `org.apache.commons`; empty where there is none.',
      ({ namespace }) => namespace,
    ),
    part('name', 'The name.', ({ name }) => name),
    part('version', 'Empty where there is none.', ({ version }) => version),
    part('subpath', 'Empty where there is none.', ({ subpath }) => subpath),
    fn(
      'qualifier',
      'The value of a qualifier; empty where there is none.',
      memberCall(
        'purl_qualifier',
        [PURL, STRING],
        STRING,
        ([value, name], meter) => toOpaque(value, PurlValue).parts.qualifiers?.get(readText(name, meter)) ?? '',
      ),
    ),
    fn(
      'matches',
      'Whether it is of the pattern, another package URL: type, namespace and name are the same; version, subpath and qualifiers where the pattern ' +
        'has them. `*` as the name (`pkg:npm/%40acme/*`) is every name of the namespace.',
      memberCall('purl_matches_string', [PURL, STRING], BOOL, ([value, pattern], meter) =>
        matches(toOpaque(value, PurlValue), parse(pattern, meter), meter),
      ),
      memberCall('purl_matches_purl', [PURL, PURL], BOOL, ([value, pattern], meter) =>
        matches(toOpaque(value, PurlValue), toOpaque(pattern, PurlValue), meter),
      ),
    ),
    fn(
      'string',
      'The canonical text.',
      globalCall('purl_to_string', [PURL], STRING, ([value]) => toOpaque(value, PurlValue).text),
    ),
  ],
};

function parse(text: CelValue | undefined, meter: Meter): PurlValue {
  const known = readText(text, meter);
  try {
    return new PurlValue(parsePurl(known));
  } catch (error) {
    throw isAppError(error) ? new CelError(error.message) : error;
  }
}

function part(name: string, description: string, of: (parts: PurlParts) => string | undefined): FunctionDeclaration {
  return fn(
    name,
    description,
    memberCall(`purl_${name}`, [PURL], STRING, ([value]) => of(toOpaque(value, PurlValue).parts) ?? ''),
  );
}

function matches(
  { parts: found, text }: PurlValue,
  { parts: pattern, text: sought }: PurlValue,
  meter: Meter,
): boolean {
  chargeLength(meter, text.length + sought.length);
  return (
    found.type === pattern.type &&
    (found.namespace ?? '') === (pattern.namespace ?? '') &&
    (pattern.name === ANY_NAME || found.name === pattern.name) &&
    isAsked(found.version, pattern.version) &&
    isAsked(found.subpath, pattern.subpath) &&
    Array.from(pattern.qualifiers ?? []).every(([key, value]) => found.qualifiers?.get(key) === value)
  );
}

function isAsked(found: string | undefined, asked: string | undefined): boolean {
  return (asked ?? '') === '' || found === asked;
}
