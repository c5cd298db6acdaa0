import { compareText } from '#base/compare.ts';
import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { ImageFacts, LiveFact } from '#lib/layers/index.ts';
import { type Cataloger, type Contradiction, loadCataloging, type ReleaseFact } from '#lib/packages/index.ts';
import type { Build } from '#model/build.ts';
import type { LayersInventory } from '#model/inventory.ts';
import { CONFIDENCES, type OsRelease, type Package, type PackageLocation, type PackageRecord } from '#model/package.ts';
import { packagePurl } from '#model/purl.ts';
import type { Unknown } from '#model/unknown.ts';
import { findDependencies, type Sighting } from './dependencies.ts';
import { layerIdOf } from './layer-id.ts';
import { Owners } from './owners.ts';
import { commonOrigin, PackageOrigins } from './package-origins.ts';
import { leaveOutOwners } from './same-as-owner.ts';

const { chooseDistribution, thirdPartyOf } = await loadCataloging();

type Members = ReadonlyMap<string, Cataloger>;

/** The squashed facts of an image as one inventory: every package once, with the layer that first brought it in. `catalogers` found the facts. */
export function assembleInventory(facts: ImageFacts, catalogers: readonly Cataloger[]): LayersInventory {
  const members: Members = new Map(catalogers.map((member) => [member.id, member]));
  const { os, contradictions } = chooseDistribution(releaseFacts(facts.live));
  const databases = foundDatabases(facts.live, members);
  const owners = new Owners(catalogers, os);
  const { packages, unknowns } = collectPackages(facts, os, owners, members);
  return {
    os,
    packages,
    unknowns: [...collectUnknowns(facts, databases, owners), ...contradictions.map(toUnknown), ...unknowns],
    databases,
    ...foundBuilds(facts),
    ...foundDocuments(facts),
    files: facts.files,
    executables: facts.executables,
  };
}

/** An image has a handful of them among its facts. */
function releaseFacts(live: readonly LiveFact[]): readonly ReleaseFact[] {
  return live.flatMap(({ path, fact: { found } }) =>
    found.os === undefined && found.repositories === undefined ? [] : [{ path, found }],
  );
}

function toUnknown({ path, reason }: Contradiction): Unknown {
  return { kind: 'distribution', path: `/${path}`, layer: null, analyser: 'os-release', reason };
}

/** What an upper layer overwrote still tells of its own layer; one text in two places is told once. */
function foundBuilds(facts: ImageFacts): Pick<LayersInventory, 'builds'> {
  const builds = new Map<string, { readonly index: number; readonly build: Build }>();
  for (const { path, layer, fact, history } of facts.live) {
    for (const { layer: index, fact: found } of [{ layer, fact }, ...history]) {
      const record = found.found.build;
      if (record === undefined) {
        continue;
      }
      const key = JSON.stringify([index, record]);
      if (!builds.has(key)) {
        builds.set(key, { index, build: { path: `/${path}`, layer: layerIdOf(facts.layers[index]), ...record } });
      }
    }
  }
  const sorted = [...builds.values()].toSorted((a, b) => a.index - b.index || compareText(a.build.path, b.build.path));
  return sorted.length === 0 ? {} : { builds: sorted.map(({ build }) => build) };
}

function foundDocuments({ live, layers }: ImageFacts): Pick<LayersInventory, 'documents'> {
  const documents = live.flatMap(({ path, layer, fact: { found } }) =>
    found.document === undefined ? [] : [{ path: `/${path}`, layer: layerIdOf(layers[layer]), text: found.document }],
  );
  return documents.length === 0 ? {} : { documents };
}

function foundDatabases(live: readonly LiveFact[], members: Members): readonly string[] {
  const found = live.map((item) => item.fact.analyser);
  return [...new Set(found.filter((id) => members.get(id)?.capabilities.database === true))].toSorted();
}

interface Collected {
  readonly packages: readonly Package[];
  readonly unknowns: readonly Unknown[];
}

/** A package version and everywhere it was seen. */
interface FoundPackage {
  readonly purl: string;
  readonly sightings: SeenAt[];
}

interface SeenAt extends Sighting<FoundPackage> {
  /** Index of the lowest layer that brought it in. */
  readonly layer: number;
  readonly location: PackageLocation;
}

function collectPackages(facts: ImageFacts, os: OsRelease | null, owners: Owners, members: Members): Collected {
  const found = new Map<string, FoundPackage>();
  const unknowns: Unknown[] = [];
  const origins = new PackageOrigins(facts.live);
  for (const item of facts.live) {
    const originOf = createOriginFinder(item);
    const { path, fact, needs = [] } = item;
    const evidence = layerIdOf(facts.layers[item.layer]);
    const cataloger = members.get(fact.analyser);
    const seen = {
      cataloger: fact.analyser,
      environment: cataloger?.environment?.(path) ?? '',
      path,
      needs: cataloger?.lookUp === undefined ? null : needs,
    };
    for (const record of fact.found.packages ?? []) {
      const purl = purlOf(record, os);
      if (purl.kind === 'unwritable') {
        unknowns.push(unreadable(item, evidence, purl.reason, owners));
        continue;
      }
      // A purl may fold case, a name does not.
      const identity = `${purl.text}\0${record.name}`;
      const known = found.get(identity) ?? { purl: purl.text, sightings: [] };
      found.set(identity, known);
      const { within } = record;
      known.sightings.push({
        ...seen,
        item: known,
        record: origins.mark(fact.analyser, path, record),
        layer: originOf(record),
        location: {
          path: `/${path}`,
          ...(within === undefined ? {} : { within }),
          layer: evidence,
          ...owners.mark(fact.analyser, item.owner),
        },
      });
    }
  }
  leaveOutOwners(found, (record) => thirdPartyOf(record, os) !== undefined);
  const dependencies = findDependencies([...found.values()].flatMap(({ sightings }) => sightings));
  if (!dependencies.complete) {
    unknowns.push({
      kind: 'unreadable',
      path: null,
      layer: null,
      analyser: 'inventory',
      reason: `expected at most ${LIMITS.packageDependencies} dependencies between packages, found more: some are left out`,
    });
  }
  const packages = [...found.values()].map((item) => toPackage(item, dependencies.byPackage.get(item), facts, os));
  return { packages: packages.toSorted(comparePackages), unknowns };
}

/** What is installed comes before what is known by its bytes, and that before what a lock file asks for. */
function certainty({ record: { confidence } }: SeenAt): number {
  return confidence === undefined ? CONFIDENCES.length : CONFIDENCES.indexOf(confidence);
}

function toPackage(
  { purl, sightings }: FoundPackage,
  dependsOn: Package['dependsOn'],
  facts: ImageFacts,
  os: OsRelease | null,
): Package {
  let most = 0;
  let first = sightings[0];
  for (const each of sightings) {
    if (certainty(each) > most) {
      most = certainty(each);
      first = each;
    }
  }
  if (first === undefined) {
    throw new Error('a package that was seen nowhere');
  }
  const surest = sightings.filter((each) => certainty(each) === most);
  const { record, cataloger } = first;
  // Some databases have a file for each part of a package, and a lock file knows what an installer leaves behind nowhere.
  const part = <Key extends 'vendor' | 'cpe'>(key: Key): PackageRecord[Key] | undefined =>
    sightings.find((each) => each.record[key] !== undefined)?.record[key];
  const [vendor, cpe] = [part('vendor'), part('cpe')];
  const released = sightings
    .flatMap((each) => each.record.released ?? [])
    .toSorted(compareText)
    .at(-1);
  const origin = commonOrigin(surest.map((each) => each.record));
  const licenses = sightings.find((each) => each.record.licenses.length > 0)?.record.licenses ?? [];
  return {
    type: record.type,
    name: record.name,
    version: record.version,
    purl,
    ...(record.source === undefined ? {} : { source: record.source }),
    ...(record.architecture === undefined ? {} : { architecture: record.architecture }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(record.module === undefined ? {} : { module: record.module }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    licenses,
    ...(record.confidence === undefined ? {} : { confidence: record.confidence }),
    ...(cpe === undefined ? {} : { cpe }),
    ...(released === undefined ? {} : { released }),
    ...(origin === undefined ? {} : { origin }),
    layer: layerIdOf(facts.layers[lowestLayer(surest)]),
    locations: locationsOf(sightings),
    cataloger,
    ...thirdParty({ ...record, ...(vendor === undefined ? {} : { vendor }) }, os),
  };
}

/** The layer of an installed package is one that brought it in, and not that of a file which only names it. */
function lowestLayer(sightings: readonly SeenAt[]): number {
  return sightings.reduce((lowest, { layer }) => Math.min(lowest, layer), Number.POSITIVE_INFINITY);
}

/** Each place once, though several catalogers may read it. */
function locationsOf(sightings: readonly SeenAt[]): readonly PackageLocation[] {
  const places = new Map(sightings.map(({ location }) => [`${location.path}\0${location.within ?? ''}`, location]));
  return [...places.values()].toSorted(
    (a, b) => compareText(a.path, b.path) || compareText(a.within ?? '', b.within ?? ''),
  );
}

function thirdParty(record: PackageRecord, os: OsRelease | null): Pick<Package, 'thirdParty'> {
  const vendor = thirdPartyOf(record, os);
  return vendor === undefined ? {} : { thirdParty: vendor };
}

type WrittenPurl =
  | { readonly kind: 'written'; readonly text: string }
  | { readonly kind: 'unwritable'; readonly reason: string };

/** A package without a name that a purl can hold cannot be listed; it becomes an unknown instead. */
function purlOf(record: PackageRecord, os: OsRelease | null): WrittenPurl {
  try {
    return { kind: 'written', text: packagePurl(record, os) };
  } catch (error) {
    if (isAppError(error)) {
      return { kind: 'unwritable', reason: `a package that cannot be named: ${error.message}` };
    }
    throw error;
  }
}

function unreadable(item: LiveFact, layer: Digest | null, reason: string, owners: Owners): Unknown {
  const { analyser } = item.fact;
  const mark = owners.mark(analyser, item.owner);
  return { kind: 'unreadable', path: `/${item.path}`, layer, analyser, ...mark, reason };
}

/**
 * A database lists what lower layers installed too. The layer that brought a package in is the lowest one from which the
 * file has held the same name, version and architecture without a break.
 */
function createOriginFinder(item: LiveFact): (record: PackageRecord) => number {
  const older = item.history.map((version) => ({
    layer: version.layer,
    held: new Set((version.fact.found.packages ?? []).map(recordIdentity)),
  }));
  return (record) => {
    const identity = recordIdentity(record);
    let layer = item.layer;
    for (const version of older) {
      if (!version.held.has(identity)) {
        break;
      }
      layer = version.layer;
    }
    return layer;
  };
}

function recordIdentity(record: PackageRecord): string {
  return `${record.name}\0${record.version}\0${record.architecture ?? ''}`;
}

function collectUnknowns(facts: ImageFacts, databases: readonly string[], owners: Owners): readonly Unknown[] {
  const unknowns: Unknown[] = [];
  for (const { layer, path, analyser, owner, reason } of facts.unreadable) {
    unknowns.push({
      kind: analyser === 'integrity' ? 'integrity' : 'unreadable',
      path: path === null ? null : `/${path}`,
      layer: layerIdOf(facts.layers[layer]),
      analyser,
      ...owners.mark(analyser, owner),
      reason,
    });
  }
  for (const item of facts.live) {
    for (const reason of item.fact.found.unknowns ?? []) {
      unknowns.push(unreadable(item, layerIdOf(facts.layers[item.layer]), reason, owners));
    }
  }
  if (databases.length === 0 && !isProject(facts)) {
    unknowns.push({
      kind: 'no-package-database',
      path: null,
      layer: null,
      analyser: 'inventory',
      reason: 'no package database found: operating system packages, if there are any, are not listed',
    });
  }
  return unknowns;
}

/** A folder with lock files and without a system: what is built from, where nobody would install packages of a distribution. */
function isProject({ layers, live }: ImageFacts): boolean {
  const declares = ({ found: { packages = [] } }: LiveFact['fact']): boolean =>
    packages.some(({ confidence }) => confidence === 'declared');
  return (
    layers.every((layer) => layerIdOf(layer) === null) &&
    live.every(({ fact: { found } }) => found.os === undefined) &&
    live.some(({ fact }) => declares(fact))
  );
}

function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.purl, b.purl) ||
    compareText(a.locations[0]?.path ?? '', b.locations[0]?.path ?? '')
  );
}
