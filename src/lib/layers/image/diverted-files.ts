import type { Diversion } from '#model/ownership.ts';
import type { Claim, ClaimTable } from './claims.ts';
import type { PathNames } from './path-names.ts';

/** What counts for a file that has to do with a diversion. */
export interface DivertedClaims {
  readonly claims: readonly Claim[];
  /** The names that lists have for it. */
  readonly names: readonly string[];
}

/**
 * Files that are not where the lists of their packages have them. At the place itself the file of whoever diverted is;
 * what all other packages call by that name is elsewhere.
 */
export class DivertedFiles {
  readonly #from = new Map<string, Diversion>();
  readonly #to = new Map<string, Diversion>();
  readonly #names: PathNames;
  readonly #claims: ReadonlyMap<string, readonly Claim[]>;

  constructor(diversions: readonly Diversion[], claims: ClaimTable, names: PathNames) {
    this.#names = names;
    for (const diversion of diversions) {
      names.ofListed(diversion.from).forEach((name) => this.#from.set(name, diversion));
      names.ofListed(diversion.to).forEach((name) => this.#to.set(name, diversion));
    }
    this.#claims = claims.findAll([...this.#from.keys()]);
  }

  /** For a file of these names; null when none of them has to do with a diversion. */
  claimsTo(names: readonly string[]): DivertedClaims | null {
    if (this.#from.size === 0) {
      return null;
    }
    const [from] = names.flatMap((name) => this.#from.get(name) ?? []);
    if (from !== undefined) {
      return { names, claims: this.#claimsOfAny(names).filter(({ owner }) => owner.name === from.by) };
    }
    const [to] = names.flatMap((name) => this.#to.get(name) ?? []);
    if (to !== undefined) {
      const listed = this.#names.ofListed(to.from);
      return { names: listed, claims: this.#claimsOfAny(listed).filter(({ owner }) => owner.name !== to.by) };
    }
    return null;
  }

  #claimsOfAny(names: readonly string[]): readonly Claim[] {
    return names.flatMap((name) => this.#claims.get(name) ?? []);
  }
}
