import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, DeclaredPackages, notA, parseJsonObject, textAt } from '../../declared-packages.ts';

/** A lock file of sbt-dependency-lock: `org`, `name`, with the version of Scala in it, and `version` of each module, in any configuration. */
export function parseSbtLock(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  if (!document.has('lockVersion') || !document.has('dependencies')) {
    throw notA(object, 'lockVersion and dependencies', 'not both');
  }
  const packages = new DeclaredPackages('maven', object);
  for (const value of arrayAt(document, 'dependencies')) {
    const item = membersOf(value) ?? new Map<string, unknown>();
    const [group, artifact, version] = [textAt(item, 'org'), textAt(item, 'name'), textAt(item, 'version')];
    if (group === '' || artifact === '' || version === '') {
      packages.passOver('without an organisation, a name and a version', artifact);
    } else {
      packages.add({ name: `${group}:${artifact}`, version });
    }
  }
  return packages.found();
}
