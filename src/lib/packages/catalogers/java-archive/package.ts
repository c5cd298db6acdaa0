import type { PackageRecord } from '#model/package.ts';
import type { CapabilityNames } from '../../capability-names.ts';
import type { Manifest } from './parse-manifest.ts';
import type { Pom } from './parse-pom.ts';

/** What names one package: the two files that Maven writes into an archive for it. */
export interface Coordinates {
  readonly group: string;
  readonly artifact: string;
  /** Empty where it is not said. */
  readonly version: string;
}

/** Longer names and versions are in no repository. */
const LENGTH = 256;
const LICENSES = 64;
const LICENSE_LENGTH = 1024;
/** Maven itself allows no other names. */
const NAME = /^[A-Za-z0-9_.-]+$/;
const VERSION = /^[A-Za-z0-9._+~^!@()[\],-]+$/;

/** Null without a group and an artifact as Maven allows them; a version past all bounds, or one that was never filled in, becomes none. */
export function toCoordinates(group: string, artifact: string, version: string): Coordinates | null {
  return isName(group) && isName(artifact) ? { group, artifact, version: toVersion(version) } : null;
}

function isName(text: string): boolean {
  return text.length <= LENGTH && NAME.test(text);
}

export function toVersion(text: string): string {
  return text.length <= LENGTH && VERSION.test(text) && !text.includes('${') ? text : '';
}

/** What is written into an archive about one package, at the place where it is. */
export function toPackageRecord(
  { group, artifact, version }: Coordinates,
  pom: Pom | null,
  licenses: readonly string[],
  within: string,
  names: CapabilityNames,
): PackageRecord {
  const name = `${group}:${artifact}`;
  const own = (pom?.licenses ?? []).filter(isLicense);
  return {
    type: 'maven',
    name,
    version,
    ...names.of(name, pom?.requires ?? [], []),
    licenses: (own.length > 0 ? own : licenses).slice(0, LICENSES),
    ...(within === '' ? {} : { within }),
  };
}

/** An archive that does not say what it is: its name does, and nobody says a group. Null where the name is none. */
export function toInferredRecord(
  artifact: string,
  version: string,
  licenses: readonly string[],
  within: string,
): PackageRecord | null {
  return isName(artifact)
    ? {
        type: 'maven',
        name: artifact,
        version: toVersion(version),
        licenses,
        confidence: 'inferred',
        ...(within === '' ? {} : { within }),
      }
    : null;
}

/** Attributes with which plugins of Maven write the coordinates of what they pack: of NiFi, and of Jenkins. */
const WRITTEN_COORDINATES = [
  { group: 'nar-group', artifact: 'nar-id', version: 'nar-version' },
  { group: 'group-id', artifact: 'artifact-id', version: 'plugin-version' },
  { group: 'group-id', artifact: 'short-name', version: 'plugin-version' },
] as const;

/** Coordinates that the manifest itself states as such. A symbolic name, a title or a vendor id are none. */
export function manifestCoordinates({ attributes }: Manifest): Coordinates | null {
  const value = (name: string): string => attributes.get(name) ?? '';
  for (const { group, artifact, version } of WRITTEN_COORDINATES) {
    // Behind a version that was not released, Jenkins has who built it in parentheses.
    const [stated = ''] = value(version).split(' (', 1);
    const coordinates = stated === '' ? null : toCoordinates(value(group), value(artifact), stated);
    if (coordinates !== null) {
      return coordinates;
    }
  }
  return null;
}

/** Bundle-License (OSGi Core 3.2.1.12): names or addresses with parameters, between commas. */
export function manifestLicenses({ attributes }: Manifest): readonly string[] {
  const text = attributes.get('bundle-license') ?? '';
  return text.length > LICENSES * LICENSE_LENGTH ? [] : clauses(text).filter(isLicense).slice(0, LICENSES);
}

function isLicense(text: string): boolean {
  return text !== '' && text.length <= LICENSE_LENGTH && text !== '<<EXTERNAL>>';
}

/** What is before the parameters of each clause; commas and semicolons between quotes do not count. */
function clauses(text: string): readonly string[] {
  const names: string[] = [];
  let name = '';
  let isQuoted = false;
  let isParameter = false;
  for (const char of `${text},`) {
    if (char === '"') {
      isQuoted = !isQuoted;
    } else if (char === ',' && !isQuoted) {
      names.push(name.trim());
      name = '';
      isParameter = false;
    } else if (char === ';' && !isQuoted) {
      isParameter = true;
    } else if (!isParameter) {
      name += char;
    }
  }
  return names;
}
