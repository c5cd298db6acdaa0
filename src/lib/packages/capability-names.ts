import { LIMITS, limitExceeded } from '#base/limits.ts';

/** The members of a record for what a package needs and provides; absent when there is none. */
export interface NamedCapabilities {
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
}

/** Gathers what the packages of one file need and provide, all of them within one limit. */
export class CapabilityNames {
  readonly #object: string;
  #count = 0;

  constructor(object: string) {
    this.#object = object;
  }

  /** Each name once, the empty one and the package's own left out. Throws `LIMIT_EXCEEDED`. */
  of(name: string, requires: Iterable<string>, provides: Iterable<string>): NamedCapabilities {
    const needed = this.#unique(name, requires);
    const provided = this.#unique(name, provides);
    return {
      ...(needed.length === 0 ? {} : { requires: needed }),
      ...(provided.length === 0 ? {} : { provides: provided }),
    };
  }

  #unique(own: string, names: Iterable<string>): readonly string[] {
    const unique = new Set<string>();
    for (const name of names) {
      if (name !== '' && name !== own && !unique.has(name)) {
        this.#count += 1;
        if (this.#count > LIMITS.capabilitiesPerFile) {
          throw limitExceeded(this.#object, LIMITS.capabilitiesPerFile, 'names that packages need or provide');
        }
        unique.add(name);
      }
    }
    return [...unique];
  }
}

/** The parts of a text between any of these characters, one at a time: an array of them could be larger than any limit on the text. */
export function* partsOf(text: string, separators: string): Generator<string, void> {
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at === text.length || separators.includes(text.charAt(at))) {
      if (at > start) {
        yield text.slice(start, at);
      }
      start = at + 1;
    }
  }
}

/** The text before the first of these characters. */
export function beforeAny(text: string, characters: string): string {
  for (let at = 0; at < text.length; at += 1) {
    if (characters.includes(text.charAt(at))) {
      return text.slice(0, at);
    }
  }
  return text;
}
