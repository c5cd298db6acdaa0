import { membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';

interface Reference {
  readonly name: string;
  readonly version: string;
}

/** Lists of references in a lock file of Conan 2. */
const LISTS = ['requires', 'build_requires', 'python_requires', 'config_requires'];

/** `conan.lock`: of Conan 2 lists of references, of Conan 1 a graph. */
export function parseConanLock(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  const packages = new DeclaredPackages('conan', object);
  if (document.has('graph_lock')) {
    addGraph(packages, objectAt(objectAt(document, 'graph_lock'), 'nodes'));
    return packages.found();
  }
  if (!LISTS.some((list) => document.has(list))) {
    throw notA(object, 'graph_lock or requires', 'neither');
  }
  for (const list of LISTS) {
    for (const item of arrayAt(document, list)) {
      const text = typeof item === 'string' ? item : '';
      const reference = parseReference(text);
      if (reference === null) {
        packages.passOver('other than name and version', text);
      } else {
        packages.add(reference);
      }
    }
  }
  return packages.found();
}

/** Nodes by number; the one of the project has no reference, or a path beside it. */
function addGraph(packages: DeclaredPackages, nodes: ReadonlyMap<string, unknown>): void {
  const references = new Map<string, Reference>();
  for (const [id, value] of nodes) {
    const node = membersOf(value) ?? new Map<string, unknown>();
    const text = textAt(node, 'ref');
    const reference = parseReference(text);
    if (reference !== null && !node.has('path')) {
      references.set(id, reference);
    } else if (text !== '' && !node.has('path')) {
      packages.passOver('other than name and version', text);
    }
  }
  for (const [id, reference] of references) {
    const node = objectAt(nodes, id);
    const needs = [...arrayAt(node, 'requires'), ...arrayAt(node, 'build_requires')].flatMap((needed) => {
      const target = references.get(String(needed));
      return target === undefined ? [] : [target];
    });
    packages.add({ ...reference, needs });
  }
}

/** `name/version@user/channel#revision%time` */
function parseReference(text: string): Reference | null {
  const [reference = ''] = text.split(/[@#%]/, 1);
  const [name = '', version = '', ...more] = reference.split('/', 3);
  return name === '' || version === '' || more.length > 0 ? null : { name, version };
}
