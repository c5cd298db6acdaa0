import { type PurlParts, parsePurlOrNull } from '#model/purl.ts';

/**
 * Things that have a package URL, found by that of a package. Thousands of them are asked for a few packages, so that a URL is read only where the last part
 * of its name may be meant.
 */
export class ByPackage<T> {
  readonly #purlOf: (item: T) => string;
  readonly #items: readonly T[];
  #byName: ReadonlyMap<string | null, readonly T[]> | null = null;

  constructor(items: readonly T[], purlOf: (item: T) => string) {
    this.#items = items;
    this.#purlOf = purlOf;
  }

  /** All of these packages, which have no qualifiers; of every version where one has none. Texts that are no package URLs name nothing. */
  of(purls: readonly string[]): readonly T[] {
    const named = purls.map(parsePurlOrNull).filter((parts) => parts !== null);
    this.#byName ??= Map.groupBy(this.#items, (item) => plainName(this.#purlOf(item)));
    const names = new Set([null, ...named.map(({ name }) => plain(name.slice(name.lastIndexOf('/') + 1)))]);
    return [...names]
      .flatMap((name) => this.#byName?.get(name) ?? [])
      .filter((item) => isOne(this.#purlOf(item), named));
  }
}

function isOne(purl: string, named: readonly PurlParts[]): boolean {
  const parts = parsePurlOrNull(purl);
  return parts !== null && named.some((one) => isPackage(parts, one));
}

/** Type, namespace and name as a whole: nothing of them may be left out, and none is a prefix of another. */
function isPackage(purl: PurlParts, { type, namespace = '', name, version = '' }: PurlParts): boolean {
  const sameName = purl.type === type && (purl.namespace ?? '') === namespace && purl.name === name;
  return sameName && (version === '' || version === purl.version);
}

/** The letters of the last part of a name as it is written; null where that is not sure without reading the URL. */
function plainName(purl: string): string | null {
  const [path = '', ...rest] = purl.split(/[?#]/, 4);
  const at = path.lastIndexOf('@');
  const location = at === -1 ? path : path.slice(0, at);
  const name = location.slice(location.lastIndexOf('/') + 1);
  return rest.length > 2 || name === '' || name.includes('%') ? null : plain(name);
}

/** Equal for names that are one name under the rules of any type: case, dashes and underscores do not count. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
