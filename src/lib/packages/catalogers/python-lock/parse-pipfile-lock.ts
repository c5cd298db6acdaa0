import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';
import { normalizeName } from '../python/name.ts';
import { normalizeVersion } from '../python/version.ts';

/** `Pipfile.lock`: every group of packages, `default` and `develop` among them. */
export function parsePipfileLock(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  if (!document.has('_meta')) {
    throw notA(object, 'a member _meta', 'none');
  }
  const packages = new DeclaredPackages('pypi', object);
  for (const group of document.keys()) {
    if (group !== '_meta') {
      for (const [name, value] of objectAt(document, group)) {
        const item = membersOf(value) ?? new Map<string, unknown>();
        const version = textAt(item, 'version');
        if (version.startsWith('==')) {
          packages.add({
            name: normalizeName(name),
            version: normalizeVersion(version.slice(version.startsWith('===') ? 3 : 2)),
          });
        } else if (!item.has('path')) {
          packages.passOver('without an exact version', name);
        }
      }
    }
  }
  return packages.found();
}
