import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';
import { nameOfLocation } from '../../swift-location.ts';

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
    const name = nameOfLocation(location);
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
