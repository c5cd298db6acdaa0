/**
 * How a Swift package is called by where it comes from: `host/owner/name` of `https://host/owner/name.git` and of
 * `git@host:owner/name`; null for what is no address of a host.
 */
export function nameOfLocation(location: string): string | null {
  const scheme = location.indexOf('://');
  const path = scheme === -1 ? location.replace(':', '/') : location.slice(scheme + 3);
  const slash = path.indexOf('/');
  const at = path.lastIndexOf('@', slash);
  const name = path.slice(at + 1);
  const parts = (name.endsWith('.git') ? name.slice(0, -4) : name).split('/').filter((part) => part !== '');
  const isAddress = scheme !== -1 || at !== -1;
  return isAddress && parts.length >= 2 ? parts.join('/') : null;
}
