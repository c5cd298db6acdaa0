/** A value of TOML 1.0. Whole numbers past 2^53 are bigints. */
export type TomlValue = string | number | bigint | boolean | TomlTime | readonly TomlValue[] | TomlTable;

/** A table by its keys, in the order of the text: a map, since keys may be anybody's. */
export type TomlTable = ReadonlyMap<string, TomlValue>;

/** A date, a time or both, as it is written. */
export interface TomlTime {
  readonly time: string;
}

/** A table; null for any other value. */
export function tableOf(value: TomlValue | undefined): TomlTable | null {
  return value instanceof Map ? (value as TomlTable) : null;
}

/** The elements of an array; none for any other value. */
export function elementsOf(value: TomlValue | undefined): readonly TomlValue[] {
  return Array.isArray(value) ? (value as readonly TomlValue[]) : [];
}

/** A text that is not empty. */
export function stringOf(value: TomlValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
