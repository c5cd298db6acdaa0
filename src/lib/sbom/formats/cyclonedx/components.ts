import { algorithmOf, hexOf } from '#base/digest.ts';
import type { OsRelease, Package } from '#model/package.ts';
import type { Program, Report } from '#model/report.ts';
import { imageFacts, osFacts, packageFacts } from '../../facts.ts';
import { writableHashes } from '../../hash-names.ts';
import { imagePurl } from '../../image-purl.ts';
import type { Unique } from '../../unique.ts';
import { verdictText } from '../../verdict-text.ts';
import type { LicenceChoice } from './licences.ts';
import { toLicenceChoice } from './licences.ts';
import type { BomVersion } from './version.ts';

/** The members of a CycloneDX component that Plimsoll writes. */
export interface Component {
  readonly type: 'container' | 'operating-system' | 'library' | 'file';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: LicenceChoice;
  readonly purl?: string;
  readonly evidence?: {
    readonly identity?: Identity | readonly [Identity];
    readonly occurrences: readonly { readonly location: string }[];
  };
  readonly properties?: readonly Property[];
}

/** How sure it is that the package is there, between 0 and 1. */
interface Identity {
  readonly field: 'purl';
  readonly confidence: number;
  readonly methods: readonly {
    readonly technique: 'manifest-analysis' | 'binary-analysis';
    readonly confidence: number;
  }[];
}

interface Property {
  readonly name: string;
  readonly value: string;
}

/** Hands out every `bom-ref` once. */
export type Refs = Unique;

export function imageComponent(report: Report, refs: Refs): Component {
  const { image } = report;
  const purl = imagePurl(image);
  return {
    type: 'container',
    'bom-ref': refs(purl ?? 'image'),
    name: image.reference,
    ...(image.digest === null
      ? {}
      : {
          version: image.digest,
          hashes: [
            { alg: algorithmOf(image.digest) === 'sha256' ? 'SHA-256' : 'SHA-512', content: hexOf(image.digest) },
          ],
        }),
    ...(purl === null ? {} : { purl }),
    properties: [
      ...property('source', image.source),
      ...property('image:id', image.id),
      ...property('platform', image.platform),
      ...image.layers.flatMap((layer) => property('layer', layer.diffId)),
      ...property('facts', imageFacts(report)),
      ...property('verdict', verdictText(report)),
    ],
  };
}

export function osComponent(os: OsRelease, refs: Refs): Component {
  return {
    type: 'operating-system',
    'bom-ref': refs(`os:${os.id}${os.versionId === undefined ? '' : `@${os.versionId}`}`),
    name: os.id === '' ? 'unknown' : os.id,
    ...versionOf(os.versionId ?? ''),
    ...(os.prettyName === undefined ? {} : { description: os.prettyName }),
    properties: property('facts', osFacts(os)),
  };
}

export function programComponent({ path, digest, layer }: Program, refs: Refs): Component {
  return {
    type: 'file',
    'bom-ref': refs(`file:${path}`),
    name: path,
    hashes: [{ alg: algorithmOf(digest) === 'sha256' ? 'SHA-256' : 'SHA-512', content: hexOf(digest) }],
    properties: property('layer', layer),
  };
}

export function packageComponent(entry: Package, version: BomVersion, refs: Refs): Component {
  const licenses = toLicenceChoice(entry.licenses, version);
  const hashes = writableHashes(entry.hashes, 'cyclonedx').map(({ name, value }) => ({ alg: name, content: value }));
  return {
    type: 'library',
    'bom-ref': refs(entry.purl),
    name: entry.name,
    ...versionOf(entry.version),
    ...(hashes.length === 0 ? {} : { hashes }),
    ...(licenses.length === 0 ? {} : { licenses }),
    purl: entry.purl,
    evidence: {
      ...identityOf(entry, version),
      occurrences: entry.locations.map((location) => ({ location: location.path })),
    },
    properties: [
      ...property('cataloger', entry.cataloger),
      ...property('confidence', entry.confidence),
      ...property('version', isVersion(entry.version) ? null : entry.version),
      ...property('layer', entry.layer),
      ...ownersOf(entry).flatMap((purl) => property('ownedBy', purl)),
      ...property('architecture', entry.architecture),
      ...property('source:name', entry.source?.name),
      ...property('source:version', entry.source?.version),
      ...property('facts', packageFacts(entry)),
    ],
  };
}

/** The format wants a number; what it stands for is a property. Of what is installed nothing is said, as nothing is doubtful. */
const CONFIDENCES = {
  declared: { technique: 'manifest-analysis', confidence: 0.5 },
  inferred: { technique: 'binary-analysis', confidence: 0.8 },
} as const;

function identityOf(
  { confidence }: Package,
  version: BomVersion,
): Pick<NonNullable<Component['evidence']>, 'identity'> {
  if (confidence === undefined) {
    return {};
  }
  const method = CONFIDENCES[confidence];
  const identity: Identity = { field: 'purl', confidence: method.confidence, methods: [method] };
  return { identity: version === '1.5' ? identity : [identity] };
}

/** Of OS packages. */
function ownersOf({ locations }: Package): readonly string[] {
  return [...new Set(locations.flatMap(({ ownedBy }) => ownedBy ?? []))];
}

/** The schema's limit; a longer one is a property, and in the purl. */
const MAX_VERSION = 1024;

/** True for what the format takes as a version. */
export function isVersion(text: string): boolean {
  return text.length <= MAX_VERSION;
}

function versionOf(text: string): { readonly version?: string } {
  return text === '' || !isVersion(text) ? {} : { version: text };
}

function property(name: string, value: string | null | undefined): readonly Property[] {
  return value === null || value === undefined ? [] : [{ name: `plimsoll:${name}`, value }];
}
