import { quote } from '#base/error.ts';
import { SbomError } from '../../../../error.ts';
import { type ElementOf, type ElementType, elementType } from './rules.ts';

/** An element with its place in the graph. */
export interface Placed<Type extends ElementType> {
  readonly at: string;
  readonly element: ElementOf<Type>;
}

interface AnyElement {
  readonly spdxId?: unknown;
  readonly name?: unknown;
}

/** The elements of a document that keeps the rules, by type and by name. */
export class Graph {
  readonly #byType = new Map<ElementType, { readonly at: string; readonly element: unknown }[]>();
  readonly #names = new Map<string, string>();
  readonly #targets: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

  /** Throws `SBOM_INVALID` for two elements with one name, and `SBOM_UNSUPPORTED` for one inside another, which nobody would see. */
  constructor(elements: readonly AnyElement[], document: string) {
    const places = new Map<string, string>();
    for (const [index, element] of elements.entries()) {
      const at = `@graph[${index}]`;
      const { spdxId = null, name = null } = element;
      if (typeof spdxId === 'string') {
        const first = places.get(spdxId);
        if (first !== undefined) {
          throw new SbomError('SBOM_INVALID', 'two elements with one name', {
            object: `${document}, ${at}.spdxId`,
            expected: 'every spdxId once',
            found: `${quote(spdxId)}, as in ${first}`,
          });
        }
        places.set(spdxId, at);
        this.#names.set(spdxId, typeof name === 'string' ? name : '');
      }
      assertFlat(element, at, document);
      const type = elementType(element);
      const known = this.#byType.get(type);
      if (known === undefined) {
        this.#byType.set(type, [{ at, element }]);
      } else {
        known.push({ at, element });
      }
    }
    this.#targets = targetsOf(this.all('Relationship'));
  }

  all<Type extends ElementType>(type: Type): readonly Placed<Type>[] {
    // Elements are sorted into types by the rules that they keep.
    return (this.#byType.get(type) ?? []) as readonly Placed<Type>[];
  }

  has(spdxId: string): boolean {
    return this.#names.has(spdxId);
  }

  /** The name of an element; null when it has none or is not there. */
  nameOf(spdxId: string | undefined): string | null {
    const name = spdxId === undefined ? '' : (this.#names.get(spdxId) ?? '');
    return name === '' ? null : name;
  }

  /** What relationships of a type lead to from an element. */
  related(from: string, type: string): readonly string[] {
    return this.#targets.get(type)?.get(from) ?? [];
  }
}

/** As deep as the JSON goes, which has a limit of its own. */
function assertFlat(value: object, at: string, document: string): void {
  for (const [name, inner] of Object.entries(value) as readonly (readonly [string, unknown])[]) {
    if (typeof inner !== 'object' || inner === null) {
      continue;
    }
    const place = Array.isArray(value) ? `${at}[${name}]` : `${at}.${name}`;
    if ('spdxId' in inner) {
      throw new SbomError('SBOM_UNSUPPORTED', 'a form of SPDX 3.0 that is not read', {
        object: `${document}, ${place}`,
        expected: 'elements side by side, which refer to each other by their names',
        found: 'an element inside another',
      });
    }
    assertFlat(inner, place, document);
  }
}

function targetsOf(
  relationships: readonly Placed<'Relationship'>[],
): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const targets = new Map<string, Map<string, string[]>>();
  for (const {
    element: { from, to, relationshipType },
  } of relationships) {
    const ofType = targets.get(relationshipType) ?? new Map<string, string[]>();
    targets.set(relationshipType, ofType);
    const known = ofType.get(from) ?? [];
    ofType.set(from, known);
    for (const target of to) {
      known.push(target);
    }
  }
  return targets;
}
