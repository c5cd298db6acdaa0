import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { parseYamlDocuments } from '../../yaml/parse-yaml.ts';
import { mapOf, scalarOf } from '../../yaml/value.ts';

/** Those of a folder are the project's own, those of an SDK have its version and no own. */
const PASSED_OVER: ReadonlySet<string> = new Set(['path', 'sdk']);

/** `pubspec.lock`: packages by name, each with its source and version. */
export function parsePubspecLock(bytes: Uint8Array, object: string): Found {
  const [value] = parseYamlDocuments(bytes, object);
  const document = mapOf(value);
  if (!document.has('packages')) {
    throw notA(object, 'a map of packages', 'none');
  }
  const packages = new DeclaredPackages('pub', object);
  for (const [name, entry] of mapOf(document.get('packages'))) {
    const item = mapOf(entry);
    const version = scalarOf(item.get('version'));
    if (!PASSED_OVER.has(scalarOf(item.get('source')))) {
      if (version === '') {
        packages.passOver('without a version', name);
      } else {
        packages.add({ name, version });
      }
    }
  }
  return packages.found();
}
