import { notA } from '../../declared-packages.ts';
import { parseYamlDocuments } from '../../yaml/parse-yaml.ts';
import { mapOf, scalarOf, type YamlMap } from '../../yaml/value.ts';
import type { LockEntry } from './entry.ts';

/** `yarn.lock` of Yarn 2 and later: YAML whose keys are what was asked for. Throws what reading YAML throws. */
export function* parseBerry(bytes: Uint8Array, object: string): Generator<LockEntry, void> {
  const [document] = parseYamlDocuments(bytes, object);
  const lock = mapOf(document);
  if (!lock.has('__metadata')) {
    throw notA(object, 'a lock file of Yarn', 'other YAML');
  }
  for (const [key, value] of lock) {
    const entry = mapOf(value);
    if (key !== '__metadata' && scalarOf(entry.get('linkType')) !== 'soft') {
      yield {
        patterns: key.split(', '),
        version: scalarOf(entry.get('version')),
        resolution: scalarOf(entry.get('resolution')),
        needs: [...needsOf(entry, 'dependencies'), ...needsOf(entry, 'optionalDependencies')],
      };
    }
  }
}

function needsOf(entry: YamlMap, member: string): LockEntry['needs'] {
  return [...mapOf(entry.get(member))].map(([name, range]) => [name, scalarOf(range)]);
}
