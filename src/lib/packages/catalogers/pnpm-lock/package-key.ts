import { type Identity, splitAtVersion } from '../../javascript/identity.ts';

/**
 * The name and version in a key of `packages`: `/name/1.0.0_peer@2.0.0` up to version 5 of the file, perhaps behind the host of a
 * registry, `/name@1.0.0(peer@2.0.0)` in 6, the same without the slash in 9. Null for another form.
 */
export function parseKey(key: string, lockfileVersion: number): Identity | null {
  if (lockfileVersion < 6) {
    return parseSlashes(key);
  }
  const peers = key.indexOf('(');
  const text = peers === -1 ? key : key.slice(0, peers);
  const [name, version] = splitAtVersion(text.startsWith('/') ? text.slice(1) : text) ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}

function parseSlashes(key: string): Identity | null {
  // Of a registry that is not the default one, the host is in front.
  const [, ...parts] = key.split('/', 5);
  const length = parts[0]?.startsWith('@') === true ? 2 : 1;
  const version = parts[length]?.split('_', 1)[0];
  const name = parts.slice(0, length).join('/');
  return name === '' || version === undefined || version === '' ? null : { name, version };
}
