import { compareText } from '#base/compare.ts';
import type { Package } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';
import { MOST_LISTED } from './protocol.ts';

/** What an image is found by, and what is not known of its layers: at most so much of each, and where there is more, an unknown that says so. */
export function listedIn(
  packages: readonly Package[],
  unknowns: readonly Unknown[],
): { readonly packages: readonly string[]; readonly unknowns: readonly Unknown[] } {
  const purls = new Set(packages.map(({ purl }) => purl));
  const more = purls.size > MOST_LISTED ? [left('packages', purls.size)] : [];
  return {
    packages: [...purls].toSorted(compareText).slice(0, MOST_LISTED),
    unknowns: bounded([...more, ...unknowns]),
  };
}

export function bounded(unknowns: readonly Unknown[]): readonly Unknown[] {
  const kept = unknowns.slice(0, MOST_LISTED);
  return unknowns.length > MOST_LISTED ? [...kept, left('unknowns', unknowns.length)] : kept;
}

function left(what: string, found: number): Unknown {
  const reason = `expected at most ${MOST_LISTED} ${what}, found ${found}: the rest is left out`;
  return { kind: 'unreadable', path: null, layer: null, analyser: 'inventory', reason };
}
