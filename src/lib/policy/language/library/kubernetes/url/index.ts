import { quote } from '#base/error.ts';
import { CelError } from '../../../error.ts';
import type { FunctionDeclaration, Library } from '../../../library.ts';
import { mapOfEntries } from '../../../run/map.ts';
import { BOOL, listOf, mapOf, opaqueOf, STRING } from '../../../type.ts';
import type { CelOpaque, CelValue } from '../../../value.ts';
import { chargeLength, readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toOpaque } from '../../declare.ts';
import { escapedPath, type GoUrl, hostnameOf, isGoUrl, parseGoUrl, portOf, queryOf } from './go-url.ts';

const URL_TYPE = opaqueOf('kubernetes.URL');

class UrlValue implements CelOpaque {
  readonly kind = 'opaque';
  readonly type = URL_TYPE;
  readonly text: string;
  readonly parts: GoUrl;

  constructor(text: string, parts: GoUrl) {
    this.text = text;
    this.parts = parts;
  }

  equals(other: CelValue): boolean {
    return other instanceof UrlValue && other.text === this.text;
  }

  show(): string {
    return this.text;
  }
}

export const url: Library = {
  name: 'kubernetes.url',
  description: 'Absolute URLs and absolute paths, as Kubernetes (that is, Go) reads them.',
  functions: [
    fn(
      'url',
      'The URL that a text stands for.',
      globalCall('string_to_url', [STRING], URL_TYPE, ([value], meter) => {
        const text = readText(value, meter);
        const parts = parseGoUrl(text);
        if (parts === null) {
          throw new CelError(`not a URL: ${quote(text, 80)}`);
        }
        return new UrlValue(text, parts);
      }),
    ),
    fn(
      'isURL',
      'Whether the text is a URL.',
      globalCall('is_url_string', [STRING], BOOL, ([text], meter) => isGoUrl(readText(text, meter))),
    ),
    part('getScheme', 'scheme', '`https`; empty for a path alone.', ({ scheme }) => scheme),
    part('getHost', 'host', 'With the port, and with brackets around an address of IPv6.', ({ host }) => host),
    part('getHostname', 'hostname', 'Without the port, and without brackets.', ({ host }) => hostnameOf(host)),
    part('getPort', 'port', 'Empty where none is written.', ({ host }) => portOf(host)),
    part('getEscapedPath', 'escaped_path', 'The path, percent-encoded.', ({ path }) => escapedPath(path)),
    fn(
      'getQuery',
      'The values of every key, decoded.',
      memberCall('url_get_query', [URL_TYPE], mapOf(STRING, listOf(STRING)), ([value], meter) => {
        const { query } = toOpaque(value, UrlValue).parts;
        chargeLength(meter, 2 * query.length);
        return mapOfEntries(queryOf(query));
      }),
    ),
  ],
};

function part(name: string, id: string, description: string, of: (parts: GoUrl) => string): FunctionDeclaration {
  return fn(
    name,
    description,
    memberCall(`url_get_${id}`, [URL_TYPE], STRING, ([value], meter) => {
      const { text, parts } = toOpaque(value, UrlValue);
      chargeLength(meter, text.length);
      return of(parts);
    }),
  );
}
