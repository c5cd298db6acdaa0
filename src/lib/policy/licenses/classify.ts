import type { LicenseFact } from '#model/facts.ts';
import { licenseClass, reachOf } from './classes.ts';
import { usualLicense } from './spellings.ts';

/** Brackets inside each other. */
const MAX_DEPTH = 32;
const MAX_TOKENS = 512;

/** Every licence that packages are under, sorted, with its class and how many packages have it. */
export function classifyLicenses(
  packages: readonly { readonly licenses: readonly string[] }[],
): readonly LicenseFact[] {
  const known = new Map<string, readonly string[]>();
  const counts = new Map<string, number>();
  for (const { licenses } of packages) {
    const ids = new Set<string>();
    for (const text of licenses) {
      const inText = known.get(text) ?? licensesIn(text);
      known.set(text, inText);
      inText.forEach((id) => ids.add(id));
    }
    ids.forEach((id) => counts.set(id, (counts.get(id) ?? 0) + 1));
  }
  return [...counts]
    .map(([id, count]) => ({ id, class: licenseClass(id), packages: count }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * The licences of an expression (SPDX specification 2.3, annex D; also with `and`, `or`, `&` and `,`). Of a choice those of the alternative that
 * reaches least far: whoever ships the package may choose. A text that is no expression is one licence, as written.
 */
export function licensesIn(text: string): readonly string[] {
  if (text.trim() === '') {
    return [];
  }
  const whole = usualLicense(text);
  if (licenseClass(whole) !== 'unknown') {
    return [whole];
  }
  const tokens = tokensOf(text);
  const read = tokens.length > MAX_TOKENS ? null : new Reader(tokens).read();
  if (read?.some((id) => licenseClass(id) !== 'unknown') === true) {
    return [...new Set(read)];
  }
  return wordsOf(text) ?? [whole];
}

/** Alpine wrote several one after the other, `MIT BSD GPL2+`. Null where a word is none. */
function wordsOf(text: string): readonly string[] | null {
  const words = text.trim().split(/\s+/).map(usualLicense);
  return words.length <= MAX_TOKENS && words.every((id) => licenseClass(id) !== 'unknown') ? [...new Set(words)] : null;
}

function tokensOf(text: string): readonly string[] {
  return text.split(/(\(|\)|,|&|\/|\s(?:and|or)\s)/i).flatMap((part) => {
    const token = part.trim();
    return token === '' ? [] : [token];
  });
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  /** Null for what is no expression. */
  read(): readonly string[] | null {
    const all = this.#choice(0);
    return this.#at === this.#tokens.length ? all : null;
  }

  #choice(depth: number): readonly string[] | null {
    let best = this.#all(depth);
    while (best !== null && this.#takes('or', '/')) {
      const other = this.#all(depth);
      best = other === null ? null : worst(other) < worst(best) ? other : best;
    }
    return best;
  }

  #all(depth: number): readonly string[] | null {
    let all = this.#one(depth);
    while (all !== null && this.#takes('and', '&', ',')) {
      const more = this.#one(depth);
      all = more === null ? null : [...all, ...more];
    }
    return all;
  }

  #one(depth: number): readonly string[] | null {
    if (this.#takes('(')) {
      const inner = depth < MAX_DEPTH ? this.#choice(depth + 1) : null;
      return this.#takes(')') ? inner : null;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || /^(?:and|or|[(),&/])$/i.test(token)) {
      return null;
    }
    this.#at += 1;
    return [usualLicense(token)];
  }

  #takes(...words: readonly string[]): boolean {
    const found = words.includes(this.#tokens[this.#at]?.toLowerCase() ?? '');
    this.#at += found ? 1 : 0;
    return found;
  }
}

function worst(ids: readonly string[]): number {
  return Math.max(...ids.map((id) => reachOf(licenseClass(id))));
}
