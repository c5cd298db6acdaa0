import { isAppError } from '#base/error.ts';
import type { Cataloger } from '#lib/packages/index.ts';
import type { NamedPackage, OsRelease } from '#model/package.ts';
import { packagePurl } from '#model/purl.ts';

/** Names the OS packages that files belong to. */
export class Owners {
  readonly #os: OsRelease | null;
  /** What finds packages of languages; that a database of the system belongs to a package says nothing of what it lists. */
  readonly #languages: ReadonlySet<string>;

  constructor(catalogers: readonly Cataloger[], os: OsRelease | null) {
    this.#os = os;
    const languages = catalogers.filter(({ capabilities: can }) => !can.database && can.packageTypes.length > 0);
    this.#languages = new Set(languages.map(({ id }) => id));
  }

  /** The member for what the cataloger found in a file of this owner; nothing for what nobody owns. */
  mark(cataloger: string, owner: NamedPackage | undefined): { readonly ownedBy?: string } {
    if (owner === undefined || !this.#languages.has(cataloger)) {
      return {};
    }
    try {
      return { ownedBy: packagePurl(owner, this.#os) };
    } catch (error) {
      // A package that cannot be named is an unknown and not listed: it owns nothing.
      if (isAppError(error)) {
        return {};
      }
      throw error;
    }
  }
}
