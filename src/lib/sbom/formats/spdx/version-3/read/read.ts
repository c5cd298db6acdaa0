import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { OsRelease } from '#model/package.ts';
import type { SbomComponent, SbomDocument, SbomHash, SbomSubject } from '#model/sbom.ts';
import type { Unknown } from '#model/unknown.ts';
import { type ImageFacts, parseImageFacts, parseOsFacts, parsePackageFacts } from '../../../../facts.ts';
import { hashOf } from '../../../../hash-names.ts';
import { assertKept } from '../../../../rules/rule.ts';
import { absolute, imageDigestIn, leftToOthers, saysIncomplete, soleOs } from '../../../said.ts';
import { Graph, type Placed } from './graph.ts';
import { type ElementOf, graphRule } from './rules.ts';

/** An SPDX document of version 3.0. Throws `SBOM_INVALID` and `LIMIT_EXCEEDED`. */
export function readVersion3(value: unknown, document: string): SbomDocument {
  assertKept(graphRule, value, document, 'SPDX 3.0');
  const graph = new Graph(value['@graph'], document);
  const packages = graph.all('software_Package');
  const files = graph.all('software_File');
  if (packages.length + files.length > LIMITS.sbomComponents) {
    throw limitExceeded(document, LIMITS.sbomComponents, 'packages and files', packages.length + files.length);
  }
  return new Reader(graph, document).read();
}

type SpdxPackage = ElementOf<'software_Package'>;

class Reader {
  readonly #graph: Graph;
  readonly #document: string;
  /** Texts of ours, by the element that they are about. */
  readonly #facts: ReadonlyMap<string, string>;

  constructor(graph: Graph, document: string) {
    this.#graph = graph;
    this.#document = document;
    this.#facts = factsIn(graph);
  }

  read(): SbomDocument {
    const graph = this.#graph;
    const [creation] = graph.all('CreationInfo');
    const [spdxDocument] = graph.all('SpdxDocument');
    const packages = graph.all('software_Package');
    const subject = packages.find(({ element }) => isImage(element)) ?? null;
    const facts = subject === null ? null : this.#imageFacts(subject);
    const systems = packages.filter(({ element }) => element.software_primaryPurpose === 'operatingSystem');
    const os = soleOs(systems.map((placed) => this.#os(placed)));
    return {
      format: 'spdx',
      version: creation?.element.specVersion ?? '3.0',
      wrapping: 'none',
      name: spdxDocument?.element.name ?? null,
      id: spdxDocument?.element.spdxId ?? null,
      created: creation?.element.created ?? null,
      tools: toolsOf(graph),
      statedSubjects: [],
      subject: subject === null ? null : toSubject(subject.element, facts),
      os: os.found,
      components: packages
        .filter((placed) => placed !== subject && !systems.includes(placed) && isListed(placed.element))
        .map((placed) => this.#component(placed)),
      files: graph.all('software_File').map(({ element }) => {
        return { path: absolute((element.name ?? '').replace(/^\.\//, '/')), hashes: hashesOf(element), layer: null };
      }),
      ...(facts?.builds === undefined ? {} : { builds: facts.builds }),
      ...(facts?.packageTypes === undefined ? {} : { packageTypes: facts.packageTypes }),
      dependencies: packages.flatMap(({ element: { spdxId } }) => {
        const needs = graph.related(spdxId, 'dependsOn');
        return needs.length === 0 ? [] : [{ ref: spdxId, needs }];
      }),
      unknowns: [...os.unknowns, ...leftToOthers(elsewhereIn(graph)), ...(facts?.unknowns ?? saidUnknowns(graph))],
    };
  }

  #component({ at, element }: Placed<'software_Package'>): SbomComponent {
    const { spdxId, name = '', software_packageVersion = '', software_primaryPurpose, suppliedBy } = element;
    const base = {
      at,
      ref: spdxId,
      kind: software_primaryPurpose ?? null,
      purl: purlOf(element),
      hashes: hashesOf(element),
    };
    const facts = this.#facts.get(spdxId);
    if (facts !== undefined) {
      return { ...base, ...parsePackageFacts(facts, `${this.#document}, annotation of ${at}`) };
    }
    const vendor = this.#graph.nameOf(suppliedBy);
    return {
      ...base,
      name,
      version: software_packageVersion,
      licenses: this.#licences(spdxId),
      ...(vendor === null ? {} : { vendor }),
      layer: null,
      locations: [],
      cataloger: null,
    };
  }

  #licences(spdxId: string): readonly string[] {
    const declared = this.#graph.related(spdxId, 'hasDeclaredLicense');
    const ids = new Set(declared.length > 0 ? declared : this.#graph.related(spdxId, 'hasConcludedLicense'));
    return this.#expressions(ids);
  }

  #byId: ReadonlyMap<string, string> | null = null;

  #expressions(ids: ReadonlySet<string>): readonly string[] {
    this.#byId ??= new Map(
      this.#graph
        .all('simplelicensing_LicenseExpression')
        .map(({ element }) => [element.spdxId, element.simplelicensing_licenseExpression]),
    );
    const byId = this.#byId;
    return [...ids].flatMap((id) => byId.get(id) ?? []).filter((text) => text !== 'NOASSERTION' && text !== 'NONE');
  }

  #imageFacts({ at, element }: Placed<'software_Package'>): ImageFacts | null {
    const facts = this.#facts.get(element.spdxId);
    return facts === undefined ? null : parseImageFacts(facts, `${this.#document}, annotation of ${at}`);
  }

  #os({ at, element }: Placed<'software_Package'>): OsRelease {
    const facts = this.#facts.get(element.spdxId);
    if (facts !== undefined) {
      return parseOsFacts(facts, `${this.#document}, annotation of ${at}`);
    }
    const { name = '', software_packageVersion = '', description } = element;
    return {
      id: name.toLowerCase(),
      ...(software_packageVersion === '' ? {} : { versionId: software_packageVersion }),
      idLike: [],
      ...(description === undefined ? {} : { prettyName: description }),
    };
  }
}

/** Annotations with JSON are read in documents that name Plimsoll as a tool. */
function factsIn(graph: Graph): ReadonlyMap<string, string> {
  const isOurs = toolsOf(graph).some((name) => name.startsWith('plimsoll'));
  const annotations = isOurs ? graph.all('Annotation') : [];
  return new Map(
    annotations.flatMap(({ element: { subject, statement = '', contentType } }) =>
      contentType === 'application/json' && statement.startsWith('{') ? [[subject, statement] as const] : [],
    ),
  );
}

function toolsOf(graph: Graph): readonly string[] {
  const ids = graph
    .all('CreationInfo')
    .flatMap(({ element }) => [...(element.createdUsing ?? []), ...element.createdBy]);
  return [...new Set(ids.flatMap((id) => graph.nameOf(id) ?? []))];
}

function isImage(element: SpdxPackage): boolean {
  return element.software_primaryPurpose === 'container' || purlOf(element)?.startsWith('pkg:oci/') === true;
}

function isListed(element: SpdxPackage): boolean {
  const { software_primaryPurpose: purpose } = element;
  return purlOf(element) !== null || purpose !== 'file';
}

function purlOf({ software_packageUrl, externalIdentifier = [] }: SpdxPackage): string | null {
  const named = externalIdentifier.find(({ externalIdentifierType }) => externalIdentifierType === 'packageUrl');
  return software_packageUrl ?? named?.identifier ?? null;
}

function hashesOf({ verifiedUsing = [] }: Pick<SpdxPackage, 'verifiedUsing'>): readonly SbomHash[] {
  return verifiedUsing.flatMap(({ type, algorithm, hashValue }) =>
    type === 'Hash' ? [hashOf(algorithm, hashValue)] : [],
  );
}

function toSubject(element: SpdxPackage, facts: ImageFacts | null): SbomSubject {
  if (facts !== null) {
    const { reference, digest, id, platform, layers } = facts;
    return { name: reference, digest, id, platform, layers };
  }
  const hashes = hashesOf(element).map(({ algorithm, value }) => `${algorithm}:${value}`);
  return {
    name: element.name ?? '',
    digest: imageDigestIn([element.software_packageVersion ?? '', ...hashes]),
    id: null,
    platform: null,
    layers: [],
  };
}

/** What stands for nothing, or for nobody knows what (SPDX 3.0, individuals). */
const INDIVIDUALS: ReadonlySet<string> = new Set([
  'NoneElement',
  'NoAssertionElement',
  'https://spdx.org/rdf/3.0.0/terms/Core/NoneElement',
  'https://spdx.org/rdf/3.0.0/terms/Core/NoAssertionElement',
  'https://spdx.org/rdf/3.0.1/terms/Core/NoneElement',
  'https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement',
]);

/** Elements that are contained or needed and are not in the graph. */
function elsewhereIn(graph: Graph): ReadonlySet<string> {
  const targets = graph
    .all('Relationship')
    .flatMap(({ element: { relationshipType, to } }) => (isAboutContent(relationshipType) ? to : []));
  return new Set(targets.filter((id) => !graph.has(id) && !INDIVIDUALS.has(id)));
}

function saidUnknowns(graph: Graph): readonly Unknown[] {
  const open = graph
    .all('Relationship')
    .filter(({ element }) => element.completeness === 'incomplete' && isAboutContent(element.relationshipType));
  return open.length === 0
    ? []
    : [
        saysIncomplete(
          `it says of ${open.length} ${open.length === 1 ? 'relationship' : 'relationships'} that it is incomplete`,
        ),
      ];
}

function isAboutContent(relationshipType: string): boolean {
  return relationshipType === 'contains' || relationshipType === 'dependsOn';
}
