import { quote } from '#base/error.ts';
import { redactUrl } from '#base/http.ts';
import { AuthError } from './error.ts';

/** Token services on another origin than their registry, as the registries themselves announce them. */
const KNOWN_REALMS: ReadonlyMap<string, string> = new Map([
  ['docker.io', 'https://auth.docker.io'],
  ['registry.redhat.io', 'https://sso.redhat.com'],
  ['registry.digitalocean.com', 'https://api.digitalocean.com'],
  ['registry.aliyuncs.com', 'https://dockerauth.aliyuncs.com'],
  ['registry.cn-hangzhou.aliyuncs.com', 'https://dockerauth.cn-hangzhou.aliyuncs.com'],
]);

/** Who asks: the registry as references name it, and where it is spoken to. */
export interface RealmOwner {
  readonly registry: string;
  readonly origin: URL;
  /** `token-realms` of the registries file. */
  readonly tokenRealms: readonly string[];
  /** The registry itself is spoken to over plain http, so that its token service may be too. */
  readonly insecureTokenRealm: boolean;
}

/** The URL of a realm that may be asked for a token at all, with or without credentials. */
export function parseRealm(realm: string, { registry, insecureTokenRealm }: RealmOwner): URL {
  const url = URL.parse(realm);
  const object = `token service of ${registry}`;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AuthError('CHALLENGE_INVALID', 'no token service', { object, expected: 'a URL', found: quote(realm) });
  }
  const insecure = url.protocol === 'http:' && !insecureTokenRealm;
  if (insecure || url.username !== '' || url.password !== '') {
    throw new AuthError('REALM_REFUSED', 'not a token service to ask', {
      object,
      expected: insecure ? 'https, as the registry has it' : 'a URL without user name and password',
      found: insecure ? redactUrl(realm) : 'one in the URL',
    });
  }
  url.hash = '';
  return url;
}

/**
 * Whether credentials of the registry may be sent to a token service. The registry alone names it, and whoever answers
 * in a registry's place could name their own: so it must be the registry's own origin, a domain that the registry's
 * host is below, one of the known pairs, or one that the user has allowed.
 */
export function mayHoldCredentials(realm: URL, owner: RealmOwner): boolean {
  return (
    realm.origin === owner.origin.origin ||
    isParent(realm, owner.origin) ||
    KNOWN_REALMS.get(owner.registry) === realm.origin ||
    owner.tokenRealms.includes(realm.origin)
  );
}

/** The error that says which line of the registries file would send the credentials. */
export function withheldFrom(realm: URL, { registry, origin }: RealmOwner, cause?: unknown): AuthError {
  const line = `registries: { ${JSON.stringify(registry)}: { token-realms: [${JSON.stringify(realm.origin)}] } }`;
  return new AuthError('CREDENTIALS_WITHHELD', 'credentials are not sent to a token service of another origin', {
    object: registry,
    expected: `a token service at ${origin.origin}, or one that is known to be its own`,
    found: realm.origin,
    hint: `Without credentials the registry gives no access. A server has its registries file from sources > registries of plimsoll.yaml. If ${realm.origin} may have them, say so in the registries file: ${line}`,
    cause,
  });
}

/** `registry.gitlab.com` is below `gitlab.com`. The realm has at least two labels, the default port, and is no address. */
function isParent(realm: URL, origin: URL): boolean {
  const labels = realm.hostname.split('.');
  return (
    realm.protocol === 'https:' &&
    realm.port === '' &&
    labels.length >= 2 &&
    !/^[0-9]+$/.test(labels.at(-1) ?? '') &&
    origin.hostname.endsWith(`.${realm.hostname}`)
  );
}
