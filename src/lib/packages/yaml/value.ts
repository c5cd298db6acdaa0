/** A value of YAML. Scalars are texts as they are written: `1.10` is no number. One that is not there is the empty text. */
export type YamlValue = string | readonly YamlValue[] | YamlMap;

/** A map, since keys may be anybody's. */
export type YamlMap = ReadonlyMap<string, YamlValue>;

/** A map; an empty one for any other value. */
export function mapOf(value: YamlValue | undefined): YamlMap {
  return value instanceof Map ? (value as YamlMap) : new Map();
}

/** A scalar; the empty text for any other value. */
export function scalarOf(value: YamlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The elements of a list; none for any other value. */
export function itemsOf(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? (value as readonly YamlValue[]) : [];
}
