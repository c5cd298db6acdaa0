import { schemeFor } from '#lib/versions/index.ts';
import type { Affected, Rating } from '#model/advisory.ts';
import type { Target } from './product.ts';
import type { Outlook } from './states.ts';

/** What a document says of one package of one product, on one architecture. */
export interface Said {
  readonly target: Target;
  readonly outlook: Outlook;
  readonly ratings: readonly Rating[];
}

const rpm = schemeFor('rpm');

/**
 * The rows of an advisory, without the advisory. Of several repairs of one package in one product the newest counts: whoever
 * made it knew that the earlier one had not been enough, or it is of a later minor release, whose packages pass for newer than
 * the earlier one. `sources` are the names of source packages, of which one may be that of a built one too.
 */
export function rowsOf(said: readonly Said[], sources: ReadonlySet<string>): readonly Omit<Affected, 'advisory'>[] {
  const built = new Set(said.filter(isBuilt).map(placeOf));
  const rows = new Map<string, { readonly first: Said; readonly architectures: Set<string> }>();
  // Where the packages that are built are listed, those are all there are: their source would be said of others too.
  const needed = said.filter((one) => !(isRepair(one) && one.target.source && built.has(placeOf(one))));
  for (const one of newestRepairs(needed)) {
    const { target, outlook, ratings } = one;
    const key = JSON.stringify([
      target.ecosystem,
      target.name,
      target.module,
      target.version,
      target.source,
      target.architecture === null,
      outlook,
      ratings,
    ]);
    const row = rows.get(key) ?? { first: one, architectures: new Set() };
    rows.set(key, row);
    if (target.architecture !== null) {
      row.architectures.add(target.architecture);
    }
  }
  return [...rows.values()].map(({ first, architectures }) => ({
    ...toRow(first, [...architectures].toSorted()),
    // What is said of a built package is not said of all that are built from the source of that name.
    ...(isBuilt(first) && sources.has(first.target.name) ? { binaries: [first.target.name] } : {}),
  }));
}

function isRepair({ outlook }: Said): boolean {
  return outlook.state === 'fixed';
}

function isBuilt(one: Said): boolean {
  return isRepair(one) && !one.target.source;
}

function placeOf({ target }: Said): string {
  return JSON.stringify([target.ecosystem, target.module]);
}

function newestRepairs(said: readonly Said[]): readonly Said[] {
  const newest = new Map<string, Said>();
  const others: Said[] = [];
  for (const one of said) {
    const { ecosystem, name, module, architecture, source, version } = one.target;
    if (!isRepair(one) || version === null) {
      others.push(one);
      continue;
    }
    const key = JSON.stringify([ecosystem, name, module, architecture, source]);
    const known = newest.get(key)?.target.version;
    const compared = typeof known === 'string' ? rpm.compare(version, known) : null;
    // What cannot be compared is kept as well, and the matcher says that it cannot tell.
    if (compared === null || (compared.ok && compared.order > 0)) {
      newest.set(key, one);
    } else if (!compared.ok) {
      others.push(one);
    }
  }
  return [...newest.values(), ...others];
}

function toRow({ target, outlook, ratings }: Said, architectures: readonly string[]): Omit<Affected, 'advisory'> {
  const { ecosystem, name, version, module } = target;
  return {
    ecosystem,
    name,
    ranges: [{ type: 'ECOSYSTEM', events: eventsOf(outlook, version) }],
    versions: [],
    ratings,
    ...outlook,
    ...(module === null ? {} : { module }),
    ...(architectures.length === 0 ? {} : { architectures }),
  };
}

function eventsOf({ state }: Outlook, version: string | null): Affected['ranges'][number]['events'] {
  const introduced = { introduced: '0' };
  return state === 'fixed' && version !== null ? [introduced, { fixed: version }] : [introduced];
}
