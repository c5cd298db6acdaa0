import { quote } from '#base/error.ts';
import { redactUrl } from '#base/http-error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Fields } from '../attestations/fields.ts';

/** Where the services are that a signature needs. */
export interface ServiceAddresses {
  /** A base URL; null where signatures are by keys. */
  readonly fulcio: string | null;
  readonly logs: readonly LogAddress[];
  /** Whole URLs: `https://timestamps.example/api/v1/timestamp`. */
  readonly timestampAuthorities: readonly string[];
}

export interface LogAddress {
  /** A base URL. */
  readonly url: string;
  /** The generation of Rekor. */
  readonly version: 1 | 2;
}

interface Service {
  readonly url: string;
  readonly version: number;
  /** Milliseconds since 1970; both included. */
  readonly start: number;
  readonly end: number;
  readonly operator: string;
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
/** The public good instance lists two or three of a kind. */
const MAX_SERVICES = 128;

/**
 * Reads Sigstore's signing configuration (protobuf-specs sigstore_trustroot.proto, SigningConfig, version 0.2) and chooses
 * the services for one moment: of those valid then, the highest version of the interface that is known here, of each
 * operator the newest, and as many as the selector says. Where any will do it is the newest. Throws
 * `SIGNING_CONFIG_INVALID`, `JSON_…`, `LIMIT_EXCEEDED`.
 */
export function servicesOfConfig(bytes: Uint8Array, object: string, now: number): ServiceAddresses {
  if (bytes.length > LIMITS.signingConfigBytes) {
    throw limitExceeded(object, LIMITS.signingConfigBytes, 'bytes', bytes.length);
  }
  const config = Fields.of(parseStrictJson(bytes, object), object, 'SIGNING_CONFIG_INVALID');
  config.word('mediaType', [MEDIA_TYPE]);
  const [fulcio = null] = select(config, 'caUrls', null, [1], now, object);
  return {
    fulcio: fulcio?.url ?? null,
    logs: select(config, 'rekorTlogUrls', 'rekorTlogConfig', [2, 1], now, object).map(({ url, version }) => ({
      url,
      version: version === 2 ? 2 : 1,
    })),
    timestampAuthorities: select(config, 'tsaUrls', 'tsaConfig', [1], now, object).map(({ url }) => url),
  };
}

/** `selector` names the member that says how many; null for one. `versions`: those known here, the best first. */
function select(
  config: Fields,
  name: string,
  selector: string | null,
  versions: readonly number[],
  now: number,
  object: string,
): readonly Service[] {
  const items = config.optionalItems(name);
  if (items.length > MAX_SERVICES) {
    throw limitExceeded(`${name} of ${object}`, MAX_SERVICES, 'services', items.length);
  }
  const services = items.map(readService);
  if (services.length === 0) {
    return [];
  }
  const current = services.filter(({ start, end }) => start <= now && now <= end);
  const version = versions.find((candidate) => current.some((service) => service.version === candidate));
  if (version === undefined) {
    throw config.invalid(
      name,
      `a service of version ${versions.join(' or ')} for ${new Date(now).toISOString()}`,
      services
        .slice(0, 4)
        .map((service) => `${redactUrl(service.url)} of version ${service.version}`)
        .join(', '),
    );
  }
  const newest = current.filter((service) => service.version === version).toSorted((a, b) => b.start - a.start);
  const operators = new Set<string>();
  const chosen = newest.filter(({ operator }) => !operators.has(operator) && operators.add(operator));
  return chosen.slice(0, selector === null ? 1 : countOf(config.fields(selector), chosen.length));
}

/** ServiceConfiguration: how many of the services are asked. */
function countOf(configuration: Fields, available: number): number {
  const selector = configuration.word('selector', ['ALL', 'ANY', 'EXACT']);
  if (selector !== 'EXACT') {
    return selector === 'ALL' ? available : 1;
  }
  const count = configuration.value('count');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > available) {
    throw configuration.invalid(
      'count',
      `a whole number from 1 to ${available}, of the operators there are`,
      typeof count === 'number' ? `${count}` : typeof count,
    );
  }
  return count;
}

function readService(service: Fields): Service {
  const url = service.text('url');
  const version = service.value('majorApiVersion');
  if (URL.parse(url) === null) {
    throw service.invalid('url', 'a URL', quote(url));
  }
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw service.invalid(
      'majorApiVersion',
      'a whole number',
      typeof version === 'number' ? `${version}` : typeof version,
    );
  }
  const validFor = service.optionalFields('validFor');
  return {
    url,
    version,
    start: validFor?.optionalTime('start') ?? Number.NEGATIVE_INFINITY,
    end: validFor?.optionalTime('end') ?? Number.POSITIVE_INFINITY,
    operator: service.optionalText('operator') ?? url,
  };
}
