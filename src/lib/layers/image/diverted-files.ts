import { hashPath, readPathHashes } from '#base/path-hash.ts';
import type { Diversion } from '#model/ownership.ts';
import type { Claim } from './claims.ts';
import type { PathNames } from './path-names.ts';

/** Packages that claim one path: two, where one of them diverts. Further ones are passed over. */
const CLAIMS_PER_PATH = 64;

/**
 * Files that are not where the lists of their packages have them. At the place itself the file of whoever diverted is;
 * what all other packages call by that name is elsewhere.
 */
export class DivertedFiles {
  readonly #from = new Map<string, Diversion>();
  readonly #to = new Map<string, Diversion>();
  readonly #names: PathNames;
  readonly #claims: ReadonlyMap<string, readonly Claim[]>;

  constructor(diversions: readonly Diversion[], claims: readonly Claim[], names: PathNames) {
    this.#names = names;
    for (const diversion of diversions) {
      names.ofListed(diversion.from).forEach((name) => this.#from.set(name, diversion));
      names.ofListed(diversion.to).forEach((name) => this.#to.set(name, diversion));
    }
    this.#claims = claimsByPath([...this.#from.keys()], claims);
  }

  /** The claims that count for a file of these names; null when none of them has to do with a diversion. */
  claimsTo(names: readonly string[]): readonly Claim[] | null {
    if (this.#from.size === 0) {
      return null;
    }
    const [from] = names.flatMap((name) => this.#from.get(name) ?? []);
    if (from !== undefined) {
      return this.#claimsOfAny(names).filter(({ owner }) => owner.name === from.by);
    }
    const [to] = names.flatMap((name) => this.#to.get(name) ?? []);
    if (to !== undefined) {
      return this.#claimsOfAny(this.#names.ofListed(to.from)).filter(({ owner }) => owner.name !== to.by);
    }
    return null;
  }

  #claimsOfAny(names: readonly string[]): readonly Claim[] {
    return names.flatMap((name) => this.#claims.get(name) ?? []);
  }
}

/** All claims to each of these paths: diverted ones are few, and claimed by several packages. */
function claimsByPath(paths: readonly string[], claims: readonly Claim[]): ReadonlyMap<string, readonly Claim[]> {
  const wanted = new Map<number, Map<number, string>>();
  for (const path of paths) {
    const { first, second } = hashPath(path);
    wanted.set(first, (wanted.get(first) ?? new Map<number, string>()).set(second, path));
  }
  const found = new Map<string, Claim[]>();
  for (const claim of paths.length === 0 ? [] : claims) {
    const hashes = readPathHashes(claim.files);
    for (let at = 0; at < hashes.length; at += 2) {
      const path = wanted.get(hashes[at] ?? 0)?.get(hashes[at + 1] ?? 0);
      if (path !== undefined) {
        const known = found.get(path) ?? [];
        found.set(path, known);
        if (known.length < CLAIMS_PER_PATH && known.at(-1) !== claim) {
          known.push(claim);
        }
      }
    }
  }
  return found;
}
