import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { type AddressClass, classifyAddress, classifyHost, isLoopbackHost } from './address.ts';
import { describeRequest, RegistryError } from './error.ts';

/** Resolves a name to all its addresses; `dns.lookup` in production. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The class of addresses, besides public ones, that requests for one registry may go to. */
export type PermittedClass = Extract<AddressClass, 'public' | 'private' | 'loopback'>;

interface Asked {
  readonly method: string;
  readonly url: URL;
}

/**
 * Where the requests on behalf of one registry may go. The registry's own host may be anywhere but link-local; every
 * other host, which only the registry itself has named (redirects, token realms), must be public or of the class that
 * the registry was reached in. Checked on the address that is connected to, so that a name that resolves otherwise the
 * second time changes nothing.
 *
 * Where a class is permitted by rule, nothing is learned: every host, the registry's own as well, is public or of that class.
 */
export class Destinations {
  readonly #own: string;
  readonly #plain: boolean;
  readonly #resolve: Resolve;
  readonly #permittedClass: PermittedClass | null;
  #ownClass: AddressClass | null;

  /** `host` of the registry, with its port; `plain` allows http to any machine. */
  constructor(host: string, plain: boolean, resolve: Resolve, permitted: PermittedClass | null = null) {
    this.#own = host;
    this.#plain = plain;
    this.#resolve = resolve;
    this.#permittedClass = permitted;
    this.#ownClass = classifyHost(URL.parse(`http://${host}/`)?.hostname ?? '');
  }

  isOwn(url: URL): boolean {
    return url.host === this.#own;
  }

  /** Refuses a URL for what can be seen without asking anybody: scheme, user info, an address as host. */
  assertUrl(request: Asked): void {
    const { url } = request;
    const object = describeRequest(request);
    const isPlain = url.protocol === 'http:';
    if (url.username !== '' || url.password !== '' || (!isPlain && url.protocol !== 'https:')) {
      throw new RegistryError('REGISTRY_URL_REFUSED', 'URL refused', {
        object,
        expected: 'an https URL without user name and password',
        found: isPlain || url.protocol === 'https:' ? 'one with a user name or password' : url.protocol,
      });
    }
    if (isPlain && !this.#plain && !isLoopbackHost(url.hostname)) {
      throw new RegistryError('REGISTRY_URL_REFUSED', 'URL refused', {
        object,
        expected: 'https',
        found: 'http to another machine',
        hint: 'If this registry has no TLS, say so in the registries file: tls: none.',
      });
    }
    const kind = classifyHost(url.hostname);
    if (kind !== null && !this.#allows(url, kind)) {
      throw this.#refusal(request, [url.hostname]);
    }
  }

  /** For the socket: the addresses of a name that may be connected to. `asked` hears that no proxy is in between. */
  lookup(request: Asked, asked: () => void): LookupFunction {
    const permitted = callbackify((hostname: string, family: number) => this.#permitted(request, hostname, family));
    return (hostname, options, callback) => {
      asked();
      permitted(hostname, Number(options.family ?? 0), (error, addresses) => {
        const [first] = addresses ?? [];
        if (first === undefined || options.all === true) {
          callback(error, addresses ?? []);
        } else {
          callback(null, first.address, first.family);
        }
      });
    };
  }

  /** Learns the registry's own class from the first connection to it that no proxy was part of. */
  connected(url: URL, address: string | undefined): void {
    if (this.isOwn(url) && this.#ownClass === null && address !== undefined) {
      this.#ownClass = classifyAddress(address);
    }
  }

  /** At least one; `family` is 0 for any. */
  async #permitted(request: Asked, hostname: string, family: number): Promise<LookupAddress[]> {
    const addresses = await this.#resolve(hostname);
    const permitted = addresses.filter((candidate) => {
      const kind = classifyAddress(candidate.address);
      return kind !== null && this.#allows(request.url, kind) && (family === 0 || family === candidate.family);
    });
    if (permitted.length === 0) {
      throw this.#refusal(
        request,
        addresses.map(({ address }) => address),
      );
    }
    return permitted;
  }

  #allows(url: URL, kind: AddressClass): boolean {
    if (kind === 'link-local' || kind === 'unusable') {
      return false;
    }
    // Such a host is trusted with plain http, whatever a name server says of it.
    if (isLoopbackHost(url.hostname) && kind !== 'loopback') {
      return false;
    }
    if (this.#permittedClass !== null) {
      return kind === 'public' || kind === this.#permittedClass;
    }
    return kind === 'public' || kind === this.#ownClass || (this.#ownClass === null && this.isOwn(url));
  }

  #refusal(request: Asked, addresses: readonly string[]): RegistryError {
    const shown = addresses.slice(0, 4).map((address) => `${address} (${classifyHost(address) ?? 'no address'})`);
    return new RegistryError('REGISTRY_ADDRESS_REFUSED', 'address refused', {
      object: describeRequest(request),
      expected: this.#expectation(request.url),
      found: shown.length === 0 ? 'none' : shown.join(', '),
    });
  }

  #expectation(url: URL): string {
    if (this.#permittedClass !== null) {
      return this.#permittedClass === 'public' ? 'a public address' : `a public or ${this.#permittedClass} address`;
    }
    const own = this.#ownClass === null || this.#ownClass === 'public' ? '' : `, or ${this.#ownClass} as the registry`;
    return this.isOwn(url) && own === '' ? 'an address that a registry can have' : `a public address${own}`;
  }
}
