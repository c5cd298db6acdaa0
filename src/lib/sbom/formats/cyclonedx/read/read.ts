import { isDigest, parseDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { OsRelease } from '#model/package.ts';
import type { SbomDocument, SbomFile, SbomSubject } from '#model/sbom.ts';
import type { Unknown } from '#model/unknown.ts';
import { SbomError } from '../../../error.ts';
import { type ImageFacts, parseImageFacts, parseOsFacts } from '../../../facts.ts';
import { assertKept } from '../../../rules/rule.ts';
import { absolute, leftToOthers, saysIncomplete, soleOs } from '../../said.ts';
import { toComponent, toHashes } from './component.ts';
import { Properties } from './properties.ts';
import { type Bom, type BomComponent, bomRule } from './rules.ts';

/** The versions that are read. XML is not. */
const BOM_VERSIONS = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'] as const;

/** A CycloneDX document of a known version. Throws `SBOM_INVALID`, `SBOM_UNSUPPORTED` and `LIMIT_EXCEEDED`. */
export function readBom(value: unknown, document: string): SbomDocument {
  const specVersion = membersOf(value)?.get('specVersion');
  const version = BOM_VERSIONS.find((known) => known === specVersion);
  if (version === undefined) {
    throw new SbomError('SBOM_UNSUPPORTED', 'a version of CycloneDX that is not read', {
      object: document,
      expected: `one of ${BOM_VERSIONS.join(', ')}`,
      found: typeof specVersion === 'string' ? quote(specVersion) : 'none',
    });
  }
  assertKept(bomRule(version), value, document, `CycloneDX ${version}`);
  return toDocument(value, version, document);
}

/** A component with the place where it stands. */
interface Placed {
  readonly at: string;
  readonly component: BomComponent;
}

function toDocument(bom: Bom, version: string, document: string): SbomDocument {
  const { metadata, serialNumber } = bom;
  const about = metadata?.component;
  const all = [
    ...(about !== undefined && isPackage(about) ? [{ at: 'metadata.component', component: about }] : []),
    ...placed(about?.components ?? [], 'metadata.component.components'),
    ...placed(bom.components ?? [], 'components'),
  ];
  if (all.length > LIMITS.sbomComponents) {
    throw limitExceeded(document, LIMITS.sbomComponents, 'components', all.length);
  }
  assertUniqueRefs(
    about === undefined || isPackage(about) ? all : [{ at: 'metadata.component', component: about }, ...all],
    document,
  );
  const facts = imageFactsOf(about, document);
  const systems = [...(about === undefined ? [] : [{ at: 'metadata.component', component: about }]), ...all];
  const os = soleOs(
    systems.filter(({ component }) => component.type === 'operating-system').map((item) => toOs(item, document)),
  );
  return {
    format: 'cyclonedx',
    version,
    wrapping: 'none',
    name: about?.name ?? null,
    id: serialNumber ?? null,
    revision: bom.version ?? 1,
    created: metadata?.timestamp ?? null,
    tools: toolsOf(metadata),
    statedSubjects: [],
    subject: about === undefined ? null : toSubject(about, facts),
    os: os.found,
    components: all
      .filter(({ component }) => isListed(component))
      .map(({ component, at }) => toComponent(component, at, document)),
    files: all.filter(({ component }) => component.type === 'file').map(({ component }) => toFile(component)),
    ...(facts?.builds === undefined ? {} : { builds: facts.builds }),
    ...(facts?.packageTypes === undefined ? {} : { packageTypes: facts.packageTypes }),
    dependencies: (bom.dependencies ?? []).map(({ ref, dependsOn = [] }) => ({ ref, needs: dependsOn })),
    unknowns: [...os.unknowns, ...leftToOthers(linksOf(bom)), ...(facts?.unknowns ?? saidUnknowns(bom))],
  };
}

/** What a document is about may be a package as well as an image. */
function isPackage({ type, purl = '' }: BomComponent): boolean {
  return type !== 'container' && type !== 'operating-system' && purl !== '';
}

function placed(components: readonly BomComponent[], at: string): readonly Placed[] {
  return components.flatMap((component, index): readonly Placed[] => {
    const here = { at: `${at}[${index}]`, component };
    return component.components === undefined
      ? [here]
      : [here, ...placed(component.components, `${here.at}.components`)];
  });
}

function assertUniqueRefs(all: readonly Placed[], document: string): void {
  const places = new Map<string, string>();
  for (const { at, component } of all) {
    const ref = component['bom-ref'];
    const first = ref === undefined ? undefined : places.get(ref);
    if (ref !== undefined && first !== undefined) {
      throw new SbomError('SBOM_INVALID', 'two components with one name', {
        object: `${document}, ${at}.bom-ref`,
        expected: 'every bom-ref once',
        found: `${quote(ref)}, as in ${first}`,
      });
    }
    if (ref !== undefined) {
      places.set(ref, at);
    }
  }
}

/** What stands for a package. The lock files and kinds of packages that Trivy lists as applications are none. */
function isListed({ type, purl = '', properties }: BomComponent): boolean {
  switch (type) {
    case 'operating-system':
    case 'file':
      return false;
    case 'application':
      return purl !== '' || new Properties(properties).text('aquasecurity:trivy:Class') === null;
    default:
      return true;
  }
}

function imageFactsOf(about: BomComponent | undefined, document: string): ImageFacts | null {
  const facts = new Properties(about?.properties).text('plimsoll:facts');
  return facts === null ? null : parseImageFacts(facts, `${document}, metadata.component, plimsoll:facts`);
}

function toSubject(about: BomComponent, facts: ImageFacts | null): SbomSubject {
  if (facts !== null) {
    const { reference, digest, id, platform, layers } = facts;
    return { name: reference, digest, id, platform, layers };
  }
  const properties = new Properties(about.properties);
  const hash = toHashes(about.hashes).find(({ algorithm }) => algorithm === 'sha256')?.value;
  const version = about.version ?? '';
  return {
    name: about.name,
    digest: isDigest(version) ? version : hash === undefined ? null : parseDigest(`sha256:${hash}`),
    id: properties.digest('aquasecurity:trivy:ImageID'),
    platform: null,
    layers: (about.properties ?? []).flatMap(({ name, value = '' }) =>
      name === 'aquasecurity:trivy:DiffID' && isDigest(value) ? [value] : [],
    ),
  };
}

function toOs({ component, at }: Placed, document: string): OsRelease {
  const properties = new Properties(component.properties);
  const facts = properties.text('plimsoll:facts');
  if (facts !== null) {
    return parseOsFacts(facts, `${document}, ${at}, plimsoll:facts`);
  }
  const versionId = properties.text('syft:distro:versionID') ?? component.version ?? '';
  const prettyName = properties.text('syft:distro:prettyName') ?? component.description;
  const idLike: string[] = [];
  for (let index = 0, word = properties.text('syft:distro:idLike:0'); word !== null; index += 1) {
    idLike.push(word);
    word = properties.text(`syft:distro:idLike:${index + 1}`);
  }
  return {
    id: (properties.text('syft:distro:id') ?? component.name).toLowerCase(),
    ...(versionId === '' ? {} : { versionId }),
    idLike,
    ...(prettyName === undefined ? {} : { prettyName }),
  };
}

function toFile(component: BomComponent): SbomFile {
  const properties = new Properties(component.properties);
  return {
    path: absolute(component.name),
    hashes: toHashes(component.hashes),
    layer: properties.digest('syft:location:0:layerID') ?? properties.digest('aquasecurity:trivy:LayerDiffID'),
  };
}

function toolsOf(metadata: Bom['metadata']): readonly string[] {
  const tools = metadata?.tools ?? [];
  const programs = isList(tools) ? tools : [...(tools.components ?? []), ...(tools.services ?? [])];
  const people = (metadata?.authors ?? []).map(({ name = '' }) => name);
  return [
    ...programs.map((tool) => `${tool.name ?? ''} ${'version' in tool ? (tool.version ?? '') : ''}`.trim()),
    ...people,
  ].filter((name) => name !== '');
}

/** `Array.isArray` does not tell readonly lists apart. */
function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

/** BOM-Links to elements of other documents (`urn:cdx:` and a serial number). */
function linksOf({ dependencies = [] }: Bom): ReadonlySet<string> {
  const refs = dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
  return new Set(refs.filter((ref) => ref.startsWith('urn:cdx:')));
}

/** A composition says of its assemblies whether that is all; which ones matters less than that something is missing. */
function saidUnknowns({ compositions = [] }: Bom): readonly Unknown[] {
  const said = new Set(compositions.map(({ aggregate }) => aggregate).filter((aggregate) => aggregate !== 'complete'));
  said.delete('not_specified');
  return [...said].map((aggregate) => saysIncomplete(`it says of a composition that it is ${quote(aggregate)}`));
}
