import { isDigest } from '#base/digest.ts';
import type { Fields } from '#base/json/fields.ts';
import { bomLink } from '../../bom-link.ts';
import type { VexComponent, VexProduct, VexVersions } from '../../document.ts';

interface Described {
  readonly purl: string | null;
  readonly cpe: string | null;
  /** Of an image whose version is one, as Syft has it. */
  readonly digest: string | null;
  readonly hashes: VexComponent['hashes'];
  /** What the whole document is about: `metadata.component`. */
  readonly isSubject: boolean;
}

const NO_HASHES: VexComponent['hashes'] = new Map();

/** The components of a bill of materials by their bom-ref, nested ones among them. */
export class Components {
  readonly #byRef: ReadonlyMap<string, Described>;
  readonly #subject: Described | null;
  /** `urn:cdx:serial/version` of the document; null where it has no serial number. */
  readonly #link: string | null;

  private constructor(byRef: ReadonlyMap<string, Described>, subject: Described | null, link: string | null) {
    this.#byRef = byRef;
    this.#subject = subject;
    this.#link = link;
  }

  static of(document: Fields, link: string | null): Components {
    const byRef = new Map<string, Described>();
    const add = (fields: Fields, isSubject: boolean): Described => {
      const described = describe(fields, isSubject);
      const ref = fields.optionalText('bom-ref');
      if (ref !== null && byRef.has(ref)) {
        throw fields.invalid(
          'bom-ref',
          'unlike all others in the document',
          `${JSON.stringify(ref.slice(0, 80))} twice`,
        );
      }
      if (ref !== null) {
        byRef.set(ref, described);
      }
      return described;
    };
    const root = document.optionalFields('metadata')?.optionalFields('component') ?? null;
    const subject = root === null ? null : add(root, true);
    // A stack and not calls: a stranger chooses how deep they are nested.
    const waiting = [...(root?.optionalItems('components') ?? []), ...document.optionalItems('components')];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      add(next, false);
      for (const nested of next.optionalItems('components')) {
        waiting.push(nested);
      }
    }
    return new Components(byRef, subject, link);
  }

  /**
   * The products that `affects[].ref` may mean. What is said of a part of the document's subject is said of it as that
   * part, and of no other product's: the subject is then the product. Without a subject it is the component wherever it is.
   */
  productsOf(ref: string, versions: VexVersions | null): readonly VexProduct[] {
    const link = bomLink(ref);
    const own = link !== null && this.#link !== null && link.bom === this.#link ? link.ref : null;
    if (link !== null && own === null) {
      return [product([link.text], versions)];
    }
    const name = own ?? ref;
    const found = this.#byRef.get(name);
    const linked = this.#link === null ? [] : [product([`${this.#link}#${name}`], versions)];
    if (found === undefined) {
      return [...linked, product([name.startsWith('pkg:') ? name : `bom-ref ${name}`], versions)];
    }
    const component = { ids: idsOf(found), hashes: found.hashes, versions };
    const subject = this.#subject;
    return subject === null || found.isSubject
      ? [...linked, { ...component, subcomponents: [] }]
      : [...linked, { ids: idsOf(subject), hashes: subject.hashes, versions: null, subcomponents: [component] }];
  }
}

function product(ids: readonly string[], versions: VexVersions | null): VexProduct {
  return { ids, hashes: NO_HASHES, versions, subcomponents: [] };
}

function idsOf({ purl, cpe, digest }: Described): readonly string[] {
  return [purl, cpe, digest].filter((id) => id !== null);
}

function describe(fields: Fields, isSubject: boolean): Described {
  const purl = fields.optionalText('purl');
  const version = fields.optionalText('version');
  const hashes = fields.optionalItems('hashes').map((hash) => [hash.text('alg'), hash.text('content')] as const);
  return {
    purl,
    cpe: fields.optionalText('cpe'),
    digest: fields.optionalText('type') === 'container' && version !== null && isDigest(version) ? version : null,
    // Of a package they are those of what was downloaded, which is not what lies in an image.
    hashes:
      purl === null ? new Map(hashes.map(([name, value]) => [name.toLowerCase(), value.toLowerCase()])) : NO_HASHES,
    isSubject,
  };
}
