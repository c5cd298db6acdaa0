import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { beforeAny } from '../../capability-names.ts';
import {
  arrayAt,
  DeclaredPackages,
  type Need,
  notA,
  objectAt,
  parseJsonObject,
  textAt,
} from '../../declared-packages.ts';

/** Up to renv 1.0 names alone, since 1.1 the fields of `DESCRIPTION`, `NAME (>= 1.0)` each. */
const NEEDS = ['Requirements', 'Depends', 'Imports', 'LinkingTo'];

/** `renv.lock`: packages by name, each with the version that is in the project's library. R itself is none of them. */
export function parseRenvLock(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  if (!document.has('R') && !document.has('Packages')) {
    throw notA(object, 'R or Packages', 'neither');
  }
  const packages = new DeclaredPackages('cran', object);
  for (const [key, value] of objectAt(document, 'Packages')) {
    const item = membersOf(value) ?? new Map<string, unknown>();
    const name = textAt(item, 'Package') || key;
    const version = textAt(item, 'Version');
    if (version === '') {
      packages.passOver('without a version', name);
    } else {
      packages.add({ name, version, needs: NEEDS.flatMap((field) => needsIn(arrayAt(item, field))) });
    }
  }
  return packages.found();
}

/** R and the packages that come with it are named as well, and are not in the file. */
function needsIn(list: readonly unknown[]): readonly Need[] {
  return list.flatMap((item) => (typeof item === 'string' ? [{ name: beforeAny(item, ' (') }] : []));
}
