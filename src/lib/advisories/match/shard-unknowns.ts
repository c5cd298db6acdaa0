import { quote } from '#base/error.ts';
import type { Package, PackageType } from '#model/package.ts';
import type { Unknown, UnknownKind } from '#model/unknown.ts';
import type { OpenPlacement } from './resolve.ts';

/** What the shards at hand cannot answer: a release that they do not hold, records that could not be read. */
export function shardUnknowns(
  packages: readonly Package[],
  resolve: (type: PackageType) => OpenPlacement,
): readonly Unknown[] {
  const unknowns: Unknown[] = [];
  const described = new Set<string>();
  const own = packages.filter(({ thirdParty }) => thirdParty === undefined);
  for (const type of [...new Set(own.map((item) => item.type))].toSorted()) {
    const { open } = resolve(type);
    const [first] = open;
    if (first !== undefined && open.every(({ ecosystems }) => ecosystems.length === 0)) {
      const held = listEcosystems(first.reader.ecosystems());
      const reason = `no advisories for ${first.place.ecosystem}: ${first.reader.info.source} holds ${held}`;
      unknowns.push(shardUnknown('no-advisories', reason));
    }
    for (const { reader, place } of open) {
      const { rejected, rejectedNames, ecosystem } = reader.info;
      if (rejected > 0 && !described.has(`${place.shard} ${ecosystem}`)) {
        described.add(`${place.shard} ${ecosystem}`);
        const names = rejectedNames.map((name) => quote(name, 60)).join(', ');
        const records = rejected === 1 ? 'record' : 'records';
        const more = rejected > rejectedNames.length ? ' and others' : '';
        const reason = `${rejected} ${records} of the ${place.shard} advisories could not be read: ${names}${more}`;
        unknowns.push(shardUnknown('incomplete-advisories', reason));
      }
    }
  }
  return unknowns;
}

export function shardUnknown(kind: UnknownKind, reason: string): Unknown {
  return { kind, path: null, layer: null, analyser: 'advisories', reason };
}

function listEcosystems(names: readonly string[]): string {
  const sorted = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) {
    return 'none';
  }
  return sorted.length > 3 ? `${first} to ${last}` : sorted.join(', ');
}
