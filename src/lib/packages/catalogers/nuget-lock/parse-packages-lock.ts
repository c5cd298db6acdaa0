import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';

/** `packages.lock.json`: of every framework what it resolves to. An entry of type `Project` is a folder of the same solution. */
export function parsePackagesLock(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  if (!document.has('dependencies')) {
    throw notA(object, 'a member dependencies', 'none');
  }
  const packages = new DeclaredPackages('nuget', object);
  for (const value of objectAt(document, 'dependencies').values()) {
    const framework = membersOf(value) ?? new Map<string, unknown>();
    const resolved = new Map(
      [...framework.keys()].map((name) => [name, textAt(objectAt(framework, name), 'resolved')]),
    );
    for (const [name, version] of resolved) {
      const item = objectAt(framework, name);
      if (textAt(item, 'type').toLowerCase() === 'project') {
        continue;
      }
      if (version === '') {
        packages.passOver('without a version', name);
      } else {
        // Which version meets a need depends on the framework.
        const needs = [...objectAt(item, 'dependencies').keys()].map((needed) => {
          const chosen = resolved.get(needed) ?? '';
          return { name: needed, ...(chosen === '' ? {} : { version: chosen }) };
        });
        packages.add({ name, version, needs });
      }
    }
  }
  return packages.found();
}
