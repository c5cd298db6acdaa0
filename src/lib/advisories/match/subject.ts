import type { Package } from '#model/package.ts';
import { applicationOf } from '../cpe.ts';
import { comparableVersion } from './comparable-version.ts';
import type { Place } from './placement.ts';

/** A name under which advisories may know a package, and the version that they then speak of. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  /** Of the source package that it is built from; those of rpm have no epoch. */
  readonly sourced: boolean;
}

/** What a package is called in a place; what comes first is closer to it. */
export function subjectsOf(item: Package, names: Place['names']): readonly Subject[] {
  const own: Subject = { name: item.name, version: comparableVersion(item.type, item.version), sourced: false };
  if (names === 'cpe') {
    const application = applicationOf(item.cpe);
    return application === null ? [] : [{ ...own, name: application }];
  }
  const { source } = item;
  if (source === undefined || names === 'own') {
    return [own];
  }
  const version = source.version === '' ? item.version : source.version;
  const built: Subject = { name: source.name, version: comparableVersion(item.type, version), sourced: true };
  // A package that is called like its source is that source, and says its epoch besides.
  if (built.name === own.name && (names === 'either' || item.type === 'rpm')) {
    return [own];
  }
  return names === 'source' ? [built] : [own, built];
}
