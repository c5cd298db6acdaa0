import { parseRegistryName, type RegistryName } from '../registry-name.ts';

const WILDCARD = '*.';

/** A registry as references name it, in lower case, or `*.` and a domain. */
export function isRegistryKey(key: string): boolean {
  const host = key.startsWith(WILDCARD) ? key.slice(WILDCARD.length) : key;
  return key === key.toLowerCase() && (key === host || host.includes('.')) && isDomain(host);
}

/** `mirror.example:5000` or `mirror.example/prefix/of/names`. */
export function isMirrorName(mirror: string): boolean {
  const slash = mirror.indexOf('/');
  if (slash === -1) {
    return isDomain(mirror);
  }
  return isDomain(mirror.slice(0, slash)) && named(mirror.slice(0, slash), mirror.slice(slash + 1)) !== null;
}

/** `https://auth.example:8443`: what a URL gives as its origin, nothing more. */
export function isRealmOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
}

/**
 * The key of a file that speaks of a registry: the very name, else the longest wildcard that its host is below. A key
 * with a port is for that port, one without for the default port.
 */
export function keyFor(registry: string, keys: Iterable<string>): string | null {
  const name = registry.toLowerCase();
  let best: string | null = null;
  for (const key of keys) {
    if (key === name) {
      return key;
    }
    if (key.startsWith(WILDCARD) && name.endsWith(key.slice(1)) && key.length > (best?.length ?? 0)) {
      best = key;
    }
  }
  return best;
}

/** `index.docker.io` is another spelling of `docker.io`: one of the two would be passed over without a word. */
function isDomain(domain: string): boolean {
  return named(domain, 'x/y')?.domain === domain;
}

/** The parts of a reference of this host; null when there can be none. A dotless host has to be `localhost` or have a port. */
function named(domain: string, path: string): RegistryName | null {
  const parsed = parseRegistryName(`${domain}/${path}:x`);
  return typeof parsed === 'string' || !parsed.path.endsWith(path) ? null : parsed;
}
