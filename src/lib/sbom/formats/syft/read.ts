import { isDigest } from '#base/digest.ts';
import { membersOf, textOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { type OsRelease, type PackageLocation, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { SbomComponent, SbomDependency, SbomDocument, SbomSubject } from '#model/sbom.ts';
import { hashOf } from '../../hash-names.ts';
import { assertKept } from '../../rules/rule.ts';
import { absolute, imageDigestIn } from '../said.ts';
import { type Syft, type SyftArtifact, syftRule } from './rules.ts';

/** A document in Syft's own JSON. Throws `SBOM_INVALID` and `LIMIT_EXCEEDED`. */
export function readSyft(value: unknown, document: string): SbomDocument {
  assertKept(syftRule, value, document, 'the JSON of Syft');
  const { artifacts, descriptor, schema, source, distro } = value;
  const files = value.files ?? [];
  if (artifacts.length + files.length > LIMITS.sbomComponents) {
    throw limitExceeded(document, LIMITS.sbomComponents, 'packages and files', artifacts.length + files.length);
  }
  const owners = ownersIn(value);
  return {
    format: 'syft',
    version: schema.version,
    wrapping: 'none',
    name: source.name ?? null,
    id: null,
    created: null,
    tools: [`${descriptor.name} ${descriptor.version ?? ''}`.trim()],
    statedSubjects: [],
    subject: source.type === 'image' ? toSubject(source) : null,
    os: distro === undefined || distro === null ? null : toOs(distro),
    components: artifacts.map((artifact, index) => toComponent(artifact, `artifacts[${index}]`, owners)),
    files: files.map(({ location, digests }) => ({
      path: absolute(location.path),
      hashes: (digests ?? []).map(({ algorithm, value: hex }) => hashOf(algorithm, hex)),
      layer: layerOf(location),
    })),
    dependencies: dependenciesIn(value),
    unknowns: [],
  };
}

function toComponent(artifact: SyftArtifact, at: string, owners: ReadonlyMap<string, string>): SbomComponent {
  const { name, version, type, id, purl = '', licenses, locations, metadata } = artifact;
  const owner = owners.get(id ?? '');
  const places = (locations ?? []).map((location): PackageLocation => {
    const ownedBy = owner === undefined ? {} : { ownedBy: owner };
    return { path: absolute(location.path), layer: layerOf(location), ...ownedBy };
  });
  const about = membersOf(metadata) ?? new Map<string, unknown>();
  const vendor = textOf(about, 'maintainer') ?? textOf(about, 'vendor');
  return {
    at,
    ref: id ?? null,
    kind: type,
    name,
    version,
    purl: purl === '' ? null : purl,
    hashes: [],
    licenses: (licenses ?? []).flatMap(licenceText),
    ...(vendor === null ? {} : { vendor }),
    layer: places[0]?.layer ?? null,
    locations: places,
    cataloger: null,
  };
}

/** Older documents have texts, newer ones objects with an expression where the text is one. */
function licenceText(licence: unknown): readonly string[] {
  if (typeof licence === 'string') {
    return licence === '' ? [] : [licence];
  }
  const members = membersOf(licence);
  const text = members && (textOf(members, 'spdxExpression') ?? textOf(members, 'value'));
  return text === null ? [] : [text];
}

function layerOf({ layerID = '' }: { readonly layerID?: string }): PackageLocation['layer'] {
  return isDigest(layerID) ? layerID : null;
}

function toOs({
  id = '',
  name,
  version,
  versionID,
  versionCodename,
  prettyName,
  idLike,
}: NonNullable<Syft['distro']>): OsRelease | null {
  const versionId = versionID ?? version ?? '';
  if (id === '' && (name ?? '') === '') {
    return null;
  }
  return {
    // Before schema 3.0 there was no id, and the name stood for it.
    id: (id === '' ? (name ?? '') : id).toLowerCase(),
    ...(versionId === '' ? {} : { versionId }),
    ...(versionCodename === undefined ? {} : { versionCodename }),
    idLike: Array.isArray(idLike) ? idLike.filter((word) => typeof word === 'string') : [],
    ...(prettyName === undefined ? {} : { prettyName }),
  };
}

function toSubject({ name, version, metadata, target }: Syft['source']): SbomSubject {
  const about = membersOf(metadata ?? target) ?? new Map<string, unknown>();
  const [platformOs, architecture] = [textOf(about, 'os'), textOf(about, 'architecture')];
  const layers = about.get('layers');
  return {
    name: textOf(about, 'userInput') ?? name ?? '',
    digest: imageDigestIn([textOf(about, 'manifestDigest') ?? '', version ?? '']),
    id: imageDigestIn([textOf(about, 'imageID') ?? '']),
    platform: platformOs === null || architecture === null ? null : `${platformOs}/${architecture}`,
    layers: (Array.isArray(layers) ? layers : []).map((layer) =>
      imageDigestIn([textOf(membersOf(layer) ?? new Map<string, unknown>(), 'digest') ?? '']),
    ),
  };
}

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

/**
 * The purls of OS packages by the packages whose files overlap with theirs. One that is at several places is left out: Syft does not
 * say which of them it means.
 */
function ownersIn({ artifacts, artifactRelationships }: Syft): ReadonlyMap<string, string> {
  const byId = new Map(artifacts.map((artifact) => [artifact.id ?? '', artifact]));
  const owners = new Map<string, string>();
  for (const { parent, child, type } of artifactRelationships ?? []) {
    const [owner, owned] = [byId.get(parent)?.purl ?? '', byId.get(child)];
    const isSystem = SYSTEM_TYPES.has(/^pkg:([a-z]+)\//.exec(owner)?.[1] ?? '');
    const isSystemOwned = SYSTEM_TYPES.has(/^pkg:([a-z]+)\//.exec(owned?.purl ?? '')?.[1] ?? '');
    if (type === 'ownership-by-file-overlap' && isSystem && !isSystemOwned && owned?.locations?.length === 1) {
      owners.set(child, owner);
    }
  }
  return owners;
}

function dependenciesIn({ artifactRelationships }: Syft): readonly SbomDependency[] {
  const all = (artifactRelationships ?? []).filter(({ type }) => type === 'dependency-of');
  return [...Map.groupBy(all, ({ child }) => child)].map(([ref, needed]) => ({
    ref,
    needs: needed.map(({ parent }) => parent),
  }));
}
