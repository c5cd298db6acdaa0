import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { parseYamlDocuments } from '../../yaml/parse-yaml.ts';
import { itemsOf, mapOf, scalarOf, type YamlMap } from '../../yaml/value.ts';

/**
 * `stack.yaml.lock`: the packages that a project asks for besides those of its snapshot. Of Hackage they are `NAME-VERSION@REVISION`, of a
 * repository or an archive name and version are members. What a snapshot of Stackage is made of stands elsewhere.
 */
export function parseStackLock(bytes: Uint8Array, object: string): Found {
  const [value] = parseYamlDocuments(bytes, object);
  const document = mapOf(value);
  if (!document.has('packages') && !document.has('snapshots')) {
    throw notA(object, 'packages or snapshots', 'neither');
  }
  const packages = new DeclaredPackages('hackage', object);
  for (const item of itemsOf(document.get('packages'))) {
    const entry = mapOf(item);
    const completed = mapOf(entry.get('completed'));
    const hackage = scalarOf(completed.get('hackage'));
    const name = hackage === '' ? scalarOf(completed.get('name')) : nameIn(hackage);
    const version = hackage === '' ? scalarOf(completed.get('version')) : versionIn(hackage);
    if (name === '' || version === '') {
      packages.passOver('without a name and a version', hackage === '' ? name : hackage);
    } else {
      packages.add({ name, version });
    }
  }
  for (const item of itemsOf(document.get('snapshots'))) {
    packages.passOver('for a snapshot, whose packages stand elsewhere', snapshotOf(mapOf(item)));
  }
  return packages.found();
}

/** `NAME-VERSION@sha256:HASH,SIZE`, `NAME-VERSION@rev:1`; no version has a dash. */
function nameIn(hackage: string): string {
  const identifier = identifierIn(hackage);
  return identifier.slice(0, Math.max(identifier.lastIndexOf('-'), 0));
}

function versionIn(hackage: string): string {
  const identifier = identifierIn(hackage);
  const version = identifier.slice(identifier.lastIndexOf('-') + 1);
  return /^[0-9][0-9.]*$/.test(version) ? version : '';
}

function identifierIn(hackage: string): string {
  const [identifier = ''] = hackage.split('@', 1);
  return identifier;
}

/** As the project has it (`lts-22.1`), or where it was found. */
function snapshotOf(entry: YamlMap): string {
  const original = entry.get('original');
  return (
    scalarOf(original) || scalarOf(mapOf(original).get('url')) || scalarOf(mapOf(entry.get('completed')).get('url'))
  );
}
