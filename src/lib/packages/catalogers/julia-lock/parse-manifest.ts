import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, type Need, notA } from '../../declared-packages.ts';
import { parseToml } from '../../toml/parse-toml.ts';
import { elementsOf, stringOf, type TomlTable, type TomlValue, tableOf } from '../../toml/value.ts';

/**
 * `Manifest.toml` of format 1, where packages are members of the document, and 2, where they are in `deps`. A package without a
 * version is of the standard library, one with a `path` a folder of the project's own.
 */
export function parseManifest(bytes: Uint8Array, object: string): Found {
  const document = parseToml(bytes, object);
  const list = listOf(document);
  if (list === null) {
    throw notA(object, 'a manifest of Julia', 'another document');
  }
  const packages = new DeclaredPackages('julia', object);
  for (const [name, entries] of list) {
    for (const entry of elementsOf(entries)) {
      const item: TomlTable = tableOf(entry) ?? new Map();
      const version = stringOf(item.get('version'));
      const uuid = stringOf(item.get('uuid'));
      if (uuid === null) {
        packages.passOver('without a UUID', name);
      } else if (version !== null && !item.has('path')) {
        packages.add({ name, version, qualifiers: { uuid }, needs: needsOf(item.get('deps')) });
      }
    }
  }
  return packages.found();
}

/** Of format 1 a document of arrays alone; an empty one is no manifest that could be told. */
function listOf(document: TomlTable): TomlTable | null {
  if (document.has('manifest_format')) {
    return tableOf(document.get('deps')) ?? new Map();
  }
  const isFirst = document.size > 0 && [...document.values()].every((value) => Array.isArray(value));
  return isFirst ? document : null;
}

/** A list of names, or a table of names and UUIDs. */
function needsOf(value: TomlValue | undefined): readonly Need[] {
  const names = tableOf(value)?.keys() ?? elementsOf(value).flatMap((name) => stringOf(name) ?? []);
  return [...names].map((name) => ({ name }));
}
