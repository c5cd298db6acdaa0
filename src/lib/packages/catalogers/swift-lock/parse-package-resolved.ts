import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';

/** `Package.resolved` of versions 1 to 3. A package is named by where it comes from; a branch or a commit has no version. */
export function parsePackageResolved(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  const owner = document.has('object') ? objectAt(document, 'object') : document;
  if (!owner.has('pins')) {
    throw notA(object, 'a list of pins', 'none');
  }
  const packages = new DeclaredPackages('swift', object);
  for (const value of arrayAt(owner, 'pins')) {
    const pin = membersOf(value) ?? new Map<string, unknown>();
    const kind = textAt(pin, 'kind');
    const location = textAt(pin, 'location') || textAt(pin, 'repositoryURL');
    const name = nameOf(location);
    const version = textAt(objectAt(pin, 'state'), 'version');
    if (kind === 'localSourceControl' || kind === 'fileSystem' || location.startsWith('/')) {
      continue;
    }
    if (name === null || version === '') {
      packages.passOver('without an address and a version', textAt(pin, 'identity') || textAt(pin, 'package'));
    } else {
      packages.add({ name, version });
    }
  }
  return packages.found();
}

/** `host/owner/name` of `https://host/owner/name.git` and of `git@host:owner/name`; null for what is no address of a host. */
function nameOf(location: string): string | null {
  const scheme = location.indexOf('://');
  const path = scheme === -1 ? location.replace(':', '/') : location.slice(scheme + 3);
  const slash = path.indexOf('/');
  const at = path.lastIndexOf('@', slash);
  const name = path.slice(at + 1);
  const parts = (name.endsWith('.git') ? name.slice(0, -4) : name).split('/').filter((part) => part !== '');
  const isAddress = scheme !== -1 || at !== -1;
  return isAddress && parts.length >= 2 ? parts.join('/') : null;
}
