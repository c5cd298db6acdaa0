import { type Members, membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { arrayAt, textAt } from '../../declared-packages.ts';
import { type Coordinates, toCoordinates } from './package.ts';

/** What a software bill of materials that is in an archive says of archives. */
export interface Bom {
  /** Of what it is a bill of. */
  readonly own: Coordinates | null;
  readonly byDigest: NamesByDigest;
}

/** By the SHA-256 of an archive, in hex; null where two things are said of one. */
export type NamesByDigest = ReadonlyMap<string, Coordinates | null>;

const NOTHING: Members = new Map();

/**
 * Reads CycloneDX in JSON, as plugins of Maven and Gradle write it into what they pack; of other documents null. Throws errors of the JSON
 * reader, and `LIMIT_EXCEEDED`.
 */
export function parseBom(bytes: Uint8Array, object: string): Bom | null {
  const document = toMembers(parseStrictJson(bytes, object));
  if (document.get('bomFormat') !== 'CycloneDX') {
    return null;
  }
  const components = arrayAt(document, 'components');
  if (components.length > LIMITS.sbomComponents) {
    throw limitExceeded(object, LIMITS.sbomComponents, 'components', components.length);
  }
  const byDigest = new Map<string, Coordinates | null>();
  for (const component of components.map(toMembers)) {
    const coordinates = coordinatesOf(component);
    for (const digest of coordinates === null ? [] : digestsOf(component)) {
      addName(byDigest, digest, coordinates);
    }
  }
  return { own: coordinatesOf(toMembers(toMembers(document.get('metadata')).get('component'))), byDigest };
}

/** What several bills say together, so that looking a digest up costs the same however many there are. */
export function mergeNames(boms: readonly Bom[]): NamesByDigest {
  const merged = new Map<string, Coordinates | null>();
  for (const { byDigest } of boms) {
    for (const [digest, coordinates] of byDigest) {
      addName(merged, digest, coordinates);
    }
  }
  return merged;
}

function addName(names: Map<string, Coordinates | null>, digest: string, coordinates: Coordinates | null): void {
  const known = names.get(digest);
  names.set(digest, known === undefined || isSame(known, coordinates) ? coordinates : null);
}

/** Null for what is not of Maven: group, name and version count as its coordinates where its package URL has the same ones. */
function coordinatesOf(component: Members): Coordinates | null {
  const group = textAt(component, 'group');
  const artifact = textAt(component, 'name');
  const isOfMaven = textAt(component, 'purl').startsWith(`pkg:maven/${group}/${artifact}@`);
  return isOfMaven ? toCoordinates(group, artifact, textAt(component, 'version')) : null;
}

function digestsOf(component: Members): readonly string[] {
  return arrayAt(component, 'hashes')
    .map(toMembers)
    .filter((hash) => textAt(hash, 'alg') === 'SHA-256')
    .map((hash) => textAt(hash, 'content').toLowerCase());
}

function toMembers(value: unknown): Members {
  return membersOf(value) ?? NOTHING;
}

function isSame(one: Coordinates | null, other: Coordinates | null): boolean {
  return one?.group === other?.group && one?.artifact === other?.artifact && one?.version === other?.version;
}
