import type { Build } from '#model/build.ts';
import type { OsRelease, PackageType } from '#model/package.ts';
import type { ShardReader } from '#model/ports.ts';
import { placePackage } from './ecosystem.ts';
import type { Place, Placement } from './placement.ts';

/** A place whose advisories are at hand. */
export interface OpenPlace {
  readonly place: Place;
  readonly reader: ShardReader;
  /** The ecosystems of the shard that speak for it and hold anything; the place's own comes first. */
  readonly ecosystems: readonly string[];
}

export interface OpenPlacement {
  readonly placement: Placement;
  /** Empty when the type has no place, or when nothing of it is at hand. */
  readonly open: readonly OpenPlace[];
}

/** Readers by the ecosystem that they were asked for, or by their shard. */
export type Readers = ReadonlyMap<string, ShardReader>;

/** Places by type, each looked up once. */
export function createResolver(
  os: OsRelease | null,
  readers: Readers,
  builds: readonly Build[],
): (type: PackageType) => OpenPlacement {
  const known = new Map<PackageType, OpenPlacement>();
  return (type) => {
    const found = known.get(type);
    if (found !== undefined) {
      return found;
    }
    const placement = placePackage(type, os, builds);
    const open = placement.kind === 'known' ? placement.places.flatMap((place) => openPlace(place, readers)) : [];
    const resolved = { placement, open };
    known.set(type, resolved);
    return resolved;
  };
}

function openPlace(place: Place, readers: Readers): readonly OpenPlace[] {
  const reader = readers.get(place.ecosystem) ?? readers.get(place.shard);
  if (reader === undefined) {
    return [];
  }
  const { alike } = place;
  const others =
    alike === undefined ? [] : reader.ecosystems().filter((name) => name !== place.ecosystem && alike(name));
  const ecosystems = [place.ecosystem, ...others].filter((name) => reader.rows(name) > 0);
  return [{ place, reader, ecosystems }];
}
