import { isDigest } from '#base/digest.ts';
import type { Found } from '#model/analyser.ts';
import type { BuildLabels, BuildRecord } from '#model/build.ts';
import type { FileFact, UnreadableEntry } from '#model/layer.ts';
import { type Origin, originUrl } from '#model/origin.ts';
import type { Diversion, OwnedFiles } from '#model/ownership.ts';
import { CONFIDENCES, type OsRelease, PACKAGE_TYPES, type PackageRecord, type PackageSource } from '#model/package.ts';
import { normalisePath } from '../paths.ts';

/** Tells whether a value that comes from an analysis process is what its type says. */
export type Check = (value: unknown) => boolean;

/** One check per member, so that a member that is added to the model cannot be forgotten here. */
type Members<T> = { readonly [Key in keyof T]-?: Check };

/** An object with these members and no others. */
export function object<T>(members: Members<T>): Check {
  const checks = new Map<string, Check>(Object.entries(members));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return false;
    }
    const given = new Map<string, unknown>(Object.entries(value));
    return [...given.keys()].every((key) => checks.has(key)) && [...checks].every(([key, is]) => is(given.get(key)));
  };
}

export function list(of: Check): Check {
  return (value) => Array.isArray(value) && value.every(of);
}

/** An absent member; JSON has no `undefined`. */
export function optional(of: Check): Check {
  return (value) => value === undefined || of(value);
}

export function nullable(of: Check): Check {
  return (value) => value === null || of(value);
}

export const text: Check = (value) => typeof value === 'string';
export const flag: Check = (value) => typeof value === 'boolean';
export const digest: Check = (value) => typeof value === 'string' && isDigest(value);

/** A path as the walk makes them. */
export const normalPath: Check = (value) => {
  const normal = typeof value === 'string' ? normalisePath(value) : null;
  return normal !== null && 'path' in normal && normal.path === value;
};

/** An index into a list of `length` items. */
export function indexBelow(length: number): Check {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < length;
}

const packageTypes: readonly string[] = PACKAGE_TYPES;
const confidences: readonly string[] = CONFIDENCES;

/** As `Date.prototype.toISOString` writes it. */
const instant: Check = (value) =>
  typeof value === 'string' &&
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));

const url: Check = (value) => typeof value === 'string' && originUrl(value) === value;

const textByName: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => text(each));

const packageRecord = object<PackageRecord>({
  type: (value) => typeof value === 'string' && packageTypes.includes(value),
  name: text,
  version: text,
  source: optional(object<PackageSource>({ name: text, version: text })),
  architecture: optional(text),
  vendor: optional(text),
  released: optional(instant),
  origin: optional(url),
  module: optional(text),
  requires: optional(list(text)),
  provides: optional(list(text)),
  licenses: list(text),
  qualifiers: optional(textByName),
  confidence: optional((value) => typeof value === 'string' && confidences.includes(value)),
  cpe: optional(text),
  within: optional(text),
});

const osRelease = object<OsRelease>({
  id: text,
  versionId: optional(text),
  versionCodename: optional(text),
  idLike: list(text),
  name: optional(text),
  prettyName: optional(text),
  rolling: optional(text),
});

const buildLabels = object<BuildLabels>({
  component: optional(text),
  name: optional(text),
  version: optional(text),
  release: optional(text),
  architecture: optional(text),
  cpe: optional(text),
});

const found = object<Found>({
  packages: optional(list(packageRecord)),
  os: optional(osRelease),
  repositories: optional(list(text)),
  build: optional(object<BuildRecord>({ contentSets: optional(list(text)), labels: optional(buildLabels) })),
  owned: optional(
    list(
      object<OwnedFiles>({
        package: text,
        architecture: optional(text),
        version: optional(text),
        files: text,
        contents: optional(text),
      }),
    ),
  ),
  diversions: optional(list(object<Diversion>({ from: text, to: text, by: nullable(text) }))),
  origins: optional(list(object<Origin>({ path: text, version: optional(text), url }))),
  document: optional(text),
  unknowns: optional(list(text)),
});

/** Entries of one analyser, or of the walk itself. */
export function unreadableOf(analyser: string): Check {
  return list(
    object<UnreadableEntry>({
      path: nullable(normalPath),
      analyser: (value) => value === analyser,
      reason: text,
      digests: optional(text),
    }),
  );
}

/** What one analyser found in one file, under its own name. */
export function factOf(analyser: string): Check {
  return object<FileFact>({
    analyser: (value) => value === analyser,
    path: normalPath,
    found,
    digests: optional(text),
  });
}
