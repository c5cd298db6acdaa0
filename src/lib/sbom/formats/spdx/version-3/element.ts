/** An element of the graph. */
export interface Element {
  readonly type: string;
  readonly spdxId: string;
  readonly creationInfo: string;
  readonly [property: string]: unknown;
}

interface Relation {
  /** Ids. */
  readonly from: string;
  readonly relationshipType: 'contains' | 'dependsOn' | 'hasDeclaredLicense';
  /** Ids; none when nothing is known. */
  readonly to: readonly string[];
  readonly completeness: 'complete' | 'incomplete' | 'noAssertion';
  readonly comment?: string;
}

interface Statement {
  readonly subject: string;
  readonly contentType: 'application/json' | 'text/plain';
  readonly statement: string;
}

const CREATION = '_:creation';

/** Makes elements whose IRIs are an id behind the namespace of one document. */
export class ElementFactory {
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  iri(id: string): string {
    return `${this.#namespace}#${id}`;
  }

  element(type: string, id: string, properties: Readonly<Record<string, unknown>>): Element {
    return { type, spdxId: this.iri(id), creationInfo: CREATION, ...properties };
  }

  relationship(id: string, { from, to, ...rest }: Relation): Element {
    return this.element('Relationship', `Relationship-${id}`, {
      from: this.iri(from),
      to: to.length === 0 ? ['NoAssertionElement'] : to.map((each) => this.iri(each)),
      ...rest,
    });
  }

  annotation(id: string, statement: Statement): Element {
    return this.element('Annotation', `Annotation-${id}`, { annotationType: 'other', ...statement });
  }

  /** What all elements refer to; no element itself. */
  creationInfo(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return { type: 'CreationInfo', '@id': CREATION, ...properties };
  }
}
