import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rememberSockets } from '#base/agent-sockets.ts';
import { isLoopbackHost } from './address.ts';
import { RegistryError } from './error.ts';
import { otherContext, ownContext, type TlsSettings } from './tls-contexts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PROXY_NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
const SOCKET_OPTIONS = {
  keepAlive: true,
  // A reader that is slower than the network is given what has come meanwhile as one chunk.
  highWaterMark: 512 * 1024,
} as const;

/**
 * The connections of one registry, kept alive between requests. Made when they are first needed: the authorities of the
 * machine take a while to read. Loopback is never asked through a proxy, as in Go's clients.
 */
export class Agents {
  readonly #host: string;
  readonly #settings: TlsSettings;
  readonly #proxies: NodeJS.ProcessEnv;
  readonly #agents = new Map<string, HttpAgent>();
  readonly #ends: (() => void)[] = [];

  constructor(host: string, settings: TlsSettings, environment: Environment) {
    this.#host = host;
    this.#settings = settings;
    this.#proxies = Object.fromEntries(PROXY_NAMES.map((name) => [name, environment[name]]));
  }

  of(url: URL): HttpAgent {
    const isOwn = url.host === this.#host;
    const direct = isLoopbackHost(url.hostname);
    const key = `${url.protocol} ${isOwn} ${direct}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = this.#create(url.protocol === 'https:', isOwn, direct);
      this.#agents.set(key, agent);
      this.#ends.push(rememberSockets(agent));
    }
    return agent;
  }

  close(): void {
    for (const agent of this.#agents.values()) {
      agent.destroy();
    }
    this.#agents.clear();
    this.#ends.splice(0).forEach((end) => end());
  }

  #create(secure: boolean, isOwn: boolean, direct: boolean): HttpAgent {
    const options = { ...SOCKET_OPTIONS, ...(direct ? {} : { proxyEnv: this.#proxies }) };
    const context = secure
      ? isOwn
        ? ownContext(this.#settings, this.#host)
        : otherContext(this.#settings)
      : undefined;
    try {
      return context === undefined
        ? new HttpAgent(options)
        : new HttpsAgent({
            ...options,
            secureContext: context,
            rejectUnauthorized: !isOwn || this.#settings.tls !== 'unverified',
          });
    } catch (error) {
      // Node's text repeats the variable, which may hold the proxy's password.
      throw new RegistryError('REGISTRY_PROXY_INVALID', 'proxy cannot be used', {
        object: 'HTTP_PROXY or HTTPS_PROXY',
        expected: 'http://HOST:PORT or https://HOST:PORT',
        found: 'something else',
        hint: 'Lower-case names of these variables count first.',
        cause: error instanceof Error ? error.name : error,
      });
    }
  }
}
