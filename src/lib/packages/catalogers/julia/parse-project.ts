import { parseToml } from '../../toml/parse-toml.ts';
import { stringOf, tableOf } from '../../toml/value.ts';

/** What a `Project.toml` says of the package whose it is; null for what it does not say. */
export interface Project {
  readonly name: string | null;
  readonly uuid: string | null;
  readonly version: string | null;
  readonly license: string | null;
  /** The UUIDs of packages that it needs. */
  readonly needs: readonly string[];
}

/** Throws for what is no TOML. */
export function parseProject(bytes: Uint8Array, object: string): Project {
  const document = parseToml(bytes, object);
  const needs = [...(tableOf(document.get('deps'))?.values() ?? [])];
  return {
    name: stringOf(document.get('name')),
    uuid: stringOf(document.get('uuid')),
    version: stringOf(document.get('version')),
    license: stringOf(document.get('license')),
    needs: needs.flatMap((uuid) => stringOf(uuid)?.toLowerCase() ?? []),
  };
}
