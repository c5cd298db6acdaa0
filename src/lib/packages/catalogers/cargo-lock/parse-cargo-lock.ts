import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, type Need, notA } from '../../declared-packages.ts';
import { parseToml } from '../../toml/parse-toml.ts';
import { elementsOf, stringOf, type TomlValue, tableOf } from '../../toml/value.ts';

/**
 * `Cargo.lock` of versions 1 to 4. A package without a `source` is a folder of the project itself, and none that others could
 * name. Of version 1 the project's own package is `[root]`.
 */
export function parseCargoLock(bytes: Uint8Array, object: string): Found {
  const document = parseToml(bytes, object);
  if (!document.has('package') && !document.has('root') && !document.has('version')) {
    throw notA(object, 'a list of packages', 'none');
  }
  const packages = new DeclaredPackages('cargo', object);
  for (const element of elementsOf(document.get('package'))) {
    const item = tableOf(element);
    const name = stringOf(item?.get('name'));
    const version = stringOf(item?.get('version'));
    if (name === null || version === null) {
      packages.passOver('without a name and a version', name ?? '');
    } else if (stringOf(item?.get('source')) !== null) {
      packages.add({ name, version, needs: needsOf(item?.get('dependencies')) });
    }
  }
  return packages.found();
}

/** `name`, where there are several `name version`, and where these are the same `name version (source)`. */
function needsOf(value: TomlValue | undefined): readonly Need[] {
  return elementsOf(value).flatMap((element) => {
    const [name = '', version] = (stringOf(element) ?? '').split(' ', 2);
    return name === '' ? [] : [version === undefined ? { name } : { name, version }];
  });
}
