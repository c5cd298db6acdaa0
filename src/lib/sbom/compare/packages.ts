import { compareText } from '#base/compare.ts';
import { type Package, type PackageType, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { DeclarationScope } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';
import type { Difference, DifferingPackage } from './difference.ts';
import { declaredInstance, type Instance, observedInstance, Versions } from './instance.ts';

/** What could be seen of an image. */
export interface Sight {
  /** Whether a file is one in which packages of this type are looked for. */
  readonly looksInto: (type: PackageType, path: string) => boolean;
  /** Whether something that could not be read may hold packages of this type; with a path, whether that file was not read. */
  readonly mayHide: (type: PackageType, path: string | null) => boolean;
}

/** The packages of an image in the form in which documents are compared with them. Made once for all documents. */
export interface ObservedPackages extends Sight {
  readonly found: readonly Instance[];
  readonly byKey: ReadonlyMap<string, readonly Instance[]>;
  readonly versions: Versions;
  /** Types of which the image has any. */
  readonly present: ReadonlySet<PackageType>;
  /** Places of Go modules. */
  readonly programs: ReadonlySet<string>;
}

export function observePackages(packages: readonly Package[], sight: Sight): ObservedPackages {
  const found = packages.filter(isThere).map(observedInstance);
  return {
    ...sight,
    found,
    byKey: Map.groupBy(found, ({ key }) => key),
    versions: new Versions(found),
    present: new Set(found.map(({ entry }) => entry.type)),
    programs: new Set(found.filter(isModule).flatMap(({ entry }) => placesOf(entry))),
  };
}

/** What lock files name may be nowhere, in the image as in a document. */
function isThere({ confidence }: Pick<Package, 'confidence'>): boolean {
  return confidence !== 'declared';
}

export interface PackageDifferences {
  /** In the order of type and name. */
  readonly differences: readonly Difference[];
  /** How many packages of the document could be compared. */
  readonly compared: number;
}

/** All of it that both sides need. */
interface Comparison {
  readonly scope: DeclarationScope;
  readonly types: ReadonlySet<PackageType>;
  readonly observed: ObservedPackages;
  readonly inDocument: Versions;
  /** By their places, how many Go modules the document has that the image has not. */
  readonly unmatchedAt: ReadonlyMap<string, number>;
}

/** Compares what a document lists with the packages of an image; `types` are those of which it is to list all (ADR 103). */
export function diffPackages(
  document: SbomDocument,
  scope: DeclarationScope,
  types: readonly PackageType[],
  observed: ObservedPackages,
): PackageDifferences {
  const { versions, byKey } = observed;
  const declared = document.components
    .filter(isThere)
    .flatMap((component) => declaredInstance(component, document.os, (key) => versions.hasKey(key)) ?? []);
  const inDocument = new Versions(declared);
  const onlyDeclared = declared.filter((instance) => !versions.has(instance));
  const comparison: Comparison = {
    scope,
    types: new Set(types),
    observed,
    inDocument,
    unmatchedAt: countPlaces(onlyDeclared.filter(isModule)),
  };
  // A part is compared with what has its names alone: there may be thousands of documents of parts.
  const near =
    scope === 'part'
      ? [...new Set(onlyDeclared.map(({ key }) => key))].flatMap((key) => byKey.get(key) ?? [])
      : observed.found;
  const onlyFound = near.filter((instance) => !inDocument.has(instance));
  const left = Map.groupBy(onlyDeclared, ({ key }) => key);
  const right = Map.groupBy(onlyFound, ({ key }) => key);
  const keys = [...new Set([...left.keys(), ...right.keys()])].toSorted(compareText);
  const differences = keys.flatMap((key) => differencesOf(left.get(key) ?? [], right.get(key) ?? [], comparison));
  const matched = declared.length - onlyDeclared.length;
  return { differences, compared: matched + onlyDeclared.filter((one) => isComparable(one, comparison)).length };
}

/** What is left of one name on both sides: two of them are one package with another version, as long as there are two. */
function differencesOf(
  declared: readonly Instance[],
  found: readonly Instance[],
  comparison: Comparison,
): readonly Difference[] {
  const left = unique(declared);
  const differences: Difference[] = [];
  for (let index = 0; index < Math.max(left.length, found.length); index += 1) {
    const [one, other] = [left[index], found[index]];
    const difference = one === undefined ? undeclared(other, comparison) : notAsDeclared(one, other, comparison);
    if (difference !== null) {
      differences.push(difference);
    }
  }
  return differences;
}

function undeclared(found: Instance | undefined, comparison: Comparison): Difference | null {
  return found === undefined || !mustBeDeclared(found, comparison)
    ? null
    : { difference: 'undeclared', about: about(found), declared: null, found: found.entry.version };
}

function notAsDeclared(one: Instance, other: Instance | undefined, comparison: Comparison): Difference | null {
  const [comparable, expected] = [isComparable(one, comparison), other && mustBeDeclared(other, comparison)];
  const declared = one.entry.version;
  if (other !== undefined && (comparable || expected === true)) {
    return { difference: 'version', about: about(other), declared, found: other.entry.version };
  }
  return comparable
    ? { difference: 'absent', about: { ...about(one), locations: [], layer: null }, declared, found: null }
    : null;
}

function about({ entry: { purl, name, version, locations, layer } }: Instance): DifferingPackage {
  return { kind: 'package', purl, name, version, locations, layer };
}

/** Documents list a package once for each of its places. */
function unique(instances: readonly Instance[]): readonly Instance[] {
  const byVersion = new Map(instances.map((instance) => [`${instance.version}\0${instance.architecture}`, instance]));
  return [...byVersion.values()];
}

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

/**
 * Whether it can be told that a declared package is not there. Of an operating system's packages the database tells. Of others the
 * file that the document names does, if it is one that is looked into: what was built from a lock file may be nowhere.
 */
function isComparable(declared: Instance, comparison: Comparison): boolean {
  const { scope, observed } = comparison;
  const { type, locations } = declared.entry;
  if (scope === 'index' || isNeverCompared(declared)) {
    return false;
  }
  if (SYSTEM_TYPES.has(type)) {
    return (scope === 'image' || observed.present.has(type)) && !observed.mayHide(type, null);
  }
  const isShown = locations.some(({ path }) => observed.looksInto(type, path) && !observed.mayHide(type, path));
  return isShown && !(isModule(declared) && mayBeMainModule(declared, comparison));
}

/**
 * The main module of a Go program has a version only if it was built as a release; tools guess it from flags of the build. So a module
 * that alone is missing in a program whose others are there says nothing.
 */
function mayBeMainModule({ version, entry }: Instance, { observed, unmatchedAt }: Comparison): boolean {
  return version === '' || placesOf(entry).some((path) => observed.programs.has(path) && unmatchedAt.get(path) === 1);
}

/**
 * Whether a document that is to list all of its type leaves this out. Tools leave out what belongs to OS packages, and older ones the
 * standard library of Go.
 */
function mustBeDeclared(found: Instance, { scope, types, inDocument }: Comparison): boolean {
  const { type, locations } = found.entry;
  if (scope === 'part' || !types.has(type) || isNeverCompared(found)) {
    return false;
  }
  const isOwned = locations.length > 0 && locations.every(({ ownedBy }) => ownedBy !== undefined);
  return (!isOwned || SYSTEM_TYPES.has(type)) && (found.key !== STDLIB || inDocument.hasKey(STDLIB));
}

const STDLIB = 'golang\0stdlib';

/** Keys that rpm keeps as if they were packages; some tools list them. */
function isNeverCompared({ key }: Instance): boolean {
  return key === 'rpm\0gpg-pubkey';
}

function isModule({ entry }: Instance): boolean {
  return entry.type === 'golang';
}

function placesOf({ locations }: Package): readonly string[] {
  return locations.map(({ path }) => path);
}

function countPlaces(instances: readonly Instance[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of instances.flatMap(({ entry }) => placesOf(entry))) {
    counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}
