import type { SbomDependency } from '#model/sbom.ts';
import type { Spdx2 } from './rules.ts';

const CONTENT: ReadonlySet<string> = new Set(['CONTAINS', 'CONTAINED_BY', 'DEPENDS_ON', 'DEPENDENCY_OF']);

/** What the relationships of a document say. */
export class Relations {
  readonly #described: ReadonlySet<string>;
  readonly #all: NonNullable<Spdx2['relationships']>;

  constructor({ relationships = [], documentDescribes = [], SPDXID }: Spdx2) {
    this.#all = relationships;
    const described = relationships.flatMap(({ spdxElementId, relatedSpdxElement, relationshipType }) => {
      if (relationshipType === 'DESCRIBES' && spdxElementId === SPDXID) {
        return [relatedSpdxElement];
      }
      return relationshipType === 'DESCRIBED_BY' && relatedSpdxElement === SPDXID ? [spdxElementId] : [];
    });
    this.#described = new Set([...documentDescribes, ...described]);
  }

  /** Whether the document is about this element. */
  describes(id: string): boolean {
    return this.#described.has(id);
  }

  /** How many elements there may be something inside of that the document does not name. */
  open(): number {
    return this.#all.filter(
      ({ relationshipType, relatedSpdxElement }) =>
        (relationshipType === 'CONTAINS' || relationshipType === 'DEPENDS_ON') && relatedSpdxElement === 'NOASSERTION',
    ).length;
  }

  /** What of other documents (`DocumentRef-x:SPDXRef-y`) is described, contained or needed here. */
  elsewhere(): ReadonlySet<string> {
    const ids = this.#all.flatMap(({ spdxElementId, relatedSpdxElement, relationshipType }) =>
      CONTENT.has(relationshipType) ? [spdxElementId, relatedSpdxElement] : [],
    );
    return new Set([...this.#described, ...ids].filter((id) => id.startsWith('DocumentRef-')));
  }

  dependencies(): readonly SbomDependency[] {
    const needs = new Map<string, string[]>();
    for (const { spdxElementId, relatedSpdxElement, relationshipType } of this.#all) {
      const [ref, needed] =
        relationshipType === 'DEPENDS_ON'
          ? [spdxElementId, relatedSpdxElement]
          : relationshipType === 'DEPENDENCY_OF'
            ? [relatedSpdxElement, spdxElementId]
            : [null, ''];
      if (ref !== null && needed.includes('SPDXRef-')) {
        const known = needs.get(ref);
        if (known === undefined) {
          needs.set(ref, [needed]);
        } else {
          known.push(needed);
        }
      }
    }
    return [...needs].map(([ref, needed]) => ({ ref, needs: needed }));
  }
}
