const HUB = 'docker.io';
const HUB_NAMES = ['index.docker.io', 'registry-1.docker.io', HUB];
/** What `docker login` writes for Docker Hub, and asks credential helpers for. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/**
 * A key of a credential file as references name the registry: without scheme and API version, Docker Hub as `docker.io`.
 * Keys of podman may go on with a namespace or repository (containers-auth.json(5)).
 */
export function normaliseKey(key: string): string {
  const plain = withoutSuffix(withoutScheme(key), '/');
  const name = withoutSuffix(withoutSuffix(plain, '/v1'), '/v2');
  const slash = name.indexOf('/');
  const host = (slash === -1 ? name : name.slice(0, slash)).toLowerCase();
  return (HUB_NAMES.includes(host) ? HUB : host) + (slash === -1 ? '' : name.slice(slash));
}

/** The keys that speak of a repository, the most specific first, the registry itself last. */
export function keysFor(registry: string, repository: string | null): readonly string[] {
  const parts = repository === null ? [] : repository.split('/');
  const host = normaliseKey(registry);
  return [...parts.map((_, index) => `${host}/${parts.slice(0, parts.length - index).join('/')}`), host];
}

/** How a credential helper knows the registry. */
export function helperServer(key: string): string {
  return key === HUB ? HUB_SERVER : key;
}

function withoutScheme(key: string): string {
  const scheme = ['https://', 'http://'].find((start) => key.toLowerCase().startsWith(start));
  return key.slice(scheme?.length ?? 0);
}

function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}
