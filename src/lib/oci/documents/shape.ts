import { type Digest, parseDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { OciError } from '../error.ts';

/**
 * One object of an untrusted JSON document, read member by member. Every reader throws `MANIFEST_INVALID` naming the
 * document and the member; `null` counts as absent, since the Go programs that write these documents say it so.
 */
export class Shape {
  readonly #members: ReadonlyMap<string, unknown>;
  /** For messages: `manifest sha256:…`, then `manifest sha256:…, layers[3]`. */
  readonly object: string;

  /** `free` is for maps whose names are the image author's: labels, annotations. */
  constructor(value: unknown, object: string, names: 'known' | 'free' = 'known') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid(object, 'a JSON object', value);
    }
    this.object = object;
    this.#members = new Map(Object.entries(value));
    if (names === 'known') {
      this.#refuseCaseVariants();
    }
  }

  has(name: string): boolean {
    const value = this.#members.get(name);
    return value !== undefined && value !== null;
  }

  string(name: string): string {
    const value = this.#members.get(name);
    if (typeof value !== 'string') {
      throw invalid(`${this.object}, ${name}`, 'a string', value);
    }
    return value;
  }

  optionalString(name: string): string | null {
    return this.has(name) ? this.string(name) : null;
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.#members.get(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw invalid(`${this.object}, ${name}`, 'a whole number that is not negative', value);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.#members.get(name) ?? false;
    if (typeof value !== 'boolean') {
      throw invalid(`${this.object}, ${name}`, 'true or false', value);
    }
    return value;
  }

  digest(name: string): Digest {
    return parseDigest(this.string(name), `${this.object}, ${name}`);
  }

  shape(name: string): Shape {
    return new Shape(this.#members.get(name), `${this.object}, ${name}`);
  }

  optionalShape(name: string): Shape | null {
    return this.has(name) ? this.shape(name) : null;
  }

  list(name: string): readonly unknown[] {
    const value = this.#members.get(name);
    if (!Array.isArray(value)) {
      throw invalid(`${this.object}, ${name}`, 'a list', value);
    }
    return value;
  }

  /** The elements of a list that may be absent. */
  optionalList(name: string): readonly unknown[] {
    return this.has(name) ? this.list(name) : [];
  }

  shapes(name: string): readonly Shape[] {
    return this.list(name).map((item, index) => new Shape(item, `${this.object}, ${name}[${index}]`));
  }

  strings(name: string): readonly string[] {
    return this.optionalList(name).map((item, index) => {
      if (typeof item !== 'string') {
        throw invalid(`${this.object}, ${name}[${index}]`, 'a string', item);
      }
      return item;
    });
  }

  /** A map from free names to strings; empty when absent. */
  stringMap(name: string): ReadonlyMap<string, string> {
    const entries = new Map<string, string>();
    if (this.has(name)) {
      const map = new Shape(this.#members.get(name), `${this.object}, ${name}`, 'free');
      for (const [key, value] of map.#members) {
        if (value !== null && typeof value !== 'string') {
          throw invalid(`${map.object}, ${quote(key)}`, 'a string', value);
        }
        entries.set(key, value ?? '');
      }
    }
    return entries;
  }

  /** The names of a map whose values say nothing, such as `ExposedPorts`. */
  names(name: string): readonly string[] {
    return this.has(name)
      ? [...new Shape(this.#members.get(name), `${this.object}, ${name}`, 'free').#members.keys()]
      : [];
  }

  /** Go matches member names without regard to case, so `layers` beside `Layers` is one image to Docker and another to us. */
  #refuseCaseVariants(): void {
    const seen = new Map<string, string>();
    for (const name of this.#members.keys()) {
      const folded = name.toLowerCase().toUpperCase();
      const other = seen.get(folded);
      if (other !== undefined) {
        throw new OciError('MANIFEST_INVALID', 'two members that some programs take for one', {
          object: this.object,
          expected: `${quote(other)} once`,
          found: `${quote(name)} as well`,
        });
      }
      seen.set(folded, name);
    }
  }
}

export function invalid(object: string, expected: string, value: unknown): OciError {
  return new OciError('MANIFEST_INVALID', 'not as its specification says', {
    object,
    expected,
    found: describe(value),
  });
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'nothing' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return 'nothing';
  }
}
