import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, type Need, notA } from '../../declared-packages.ts';
import { parseYamlDocuments } from '../../yaml/parse-yaml.ts';
import { itemsOf, mapOf, scalarOf, type YamlValue } from '../../yaml/value.ts';

/** `Podfile.lock`: `PODS` lists `Name (1.0)`, with what it needs below. A part of a pod, `Name/Part`, is that pod; a folder's is the project's own. */
export function parsePodfileLock(bytes: Uint8Array, object: string): Found {
  const [value] = parseYamlDocuments(bytes, object);
  const document = mapOf(value);
  if (!document.has('PODS') && !document.has('COCOAPODS')) {
    throw notA(object, 'a list of pods', 'none');
  }
  const packages = new DeclaredPackages('cocoapods', object);
  const external = mapOf(document.get('EXTERNAL SOURCES'));
  for (const item of itemsOf(document.get('PODS'))) {
    const [written, needs] = podOf(item);
    const name = podName(written);
    const version = written.slice(written.indexOf(' ') + 1);
    if (mapOf(external.get(name)).has(':path')) {
      continue;
    }
    if (!version.startsWith('(') || !version.endsWith(')')) {
      packages.passOver('without a version', written);
    } else {
      packages.add({ name, version: version.slice(1, -1), needs });
    }
  }
  return packages.found();
}

function podOf(item: YamlValue): readonly [written: string, needs: readonly Need[]] {
  for (const [written, needs] of mapOf(item)) {
    return [written, itemsOf(needs).map((needed) => ({ name: podName(scalarOf(needed)) }))];
  }
  return [scalarOf(item), []];
}

/** Up to the first blank, without the part of the pod. */
function podName(written: string): string {
  const [name = ''] = written.split(/[ /]/, 1);
  return name;
}
