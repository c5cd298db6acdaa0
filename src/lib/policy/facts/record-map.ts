import type { CelMap, CelValue } from '../language/value.ts';

/** A map of CEL from strings to strings, over what JSON has. `__proto__` is a key as any other. */
export class RecordMap implements CelMap {
  readonly kind = 'map';
  readonly #members: ReadonlyMap<CelValue, CelValue>;

  constructor(record: Readonly<Record<string, CelValue>>) {
    this.#members = new Map<CelValue, CelValue>(Object.entries(record));
  }

  get size(): number {
    return this.#members.size;
  }

  get(key: CelValue): CelValue | undefined {
    return this.#members.get(key);
  }

  has(key: CelValue): boolean {
    return this.#members.has(key);
  }

  keys(): Iterable<CelValue> {
    return this.#members.keys();
  }

  entries(): Iterable<readonly [CelValue, CelValue]> {
    return this.#members.entries();
  }
}
