import { CelError } from '../error.ts';
import { type CelMap, CelUint, type CelValue } from '../value.ts';

type Key = string | bigint | boolean;

/** What a key is looked up by: 1, 1u and 1.0 are one. Undefined for values that no map has as a key. */
function toKey(value: CelValue): Key | undefined {
  switch (typeof value) {
    case 'string':
    case 'bigint':
    case 'boolean':
      return value;
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : undefined;
    default:
      return value instanceof CelUint ? value.value : undefined;
  }
}

export function isMap(value: CelValue): value is CelMap {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map';
}

/** Entries that come one after the other; `map` closes it. */
export class MapBuilder {
  readonly #entries = new Map<Key, readonly [CelValue, CelValue]>();

  /** Throws `CelError` for keys of other types and for one that is there. */
  add(key: CelValue, value: CelValue): void {
    const known = typeof key === 'number' ? undefined : toKey(key);
    if (known === undefined) {
      throw new CelError('unsupported key type');
    }
    if (this.#entries.has(known)) {
      throw new CelError(`Failed with repeated key: ${String(known)}`);
    }
    this.#entries.set(known, [key, value]);
  }

  map(): CelMap {
    return new EntryMap(this.#entries);
  }
}

/** Throws `CelError` for keys of other types and for those that stand twice. */
export function mapOfEntries(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
  const builder = new MapBuilder();
  for (const [key, value] of entries) {
    builder.add(key, value);
  }
  return builder.map();
}

class EntryMap implements CelMap {
  readonly kind = 'map';
  readonly #entries: ReadonlyMap<Key, readonly [CelValue, CelValue]>;

  constructor(entries: ReadonlyMap<Key, readonly [CelValue, CelValue]>) {
    this.#entries = entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: CelValue): CelValue | undefined {
    const known = toKey(key);
    return known === undefined ? undefined : this.#entries.get(known)?.[1];
  }

  has(key: CelValue): boolean {
    const known = toKey(key);
    return known !== undefined && this.#entries.has(known);
  }

  *keys(): Iterable<CelValue> {
    for (const [key] of this.#entries.values()) {
      yield key;
    }
  }

  entries(): Iterable<readonly [CelValue, CelValue]> {
    return this.#entries.values();
  }
}
