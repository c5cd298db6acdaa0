import { compareText } from '#base/compare.ts';
import type { Match } from './evaluate.ts';

/** Matches of one package that are about the same vulnerability. */
export interface VulnerabilityGroup {
  /** The CVE where one exists, else any of the names; the smallest when there are several, so that it stays the same. */
  readonly id: string;
  /** Every other name, sorted. */
  readonly aliases: readonly string[];
  /** Sorted by the advisory's id. */
  readonly matches: readonly Match[];
}

/** What one advisory calls one vulnerability: `keys` join it with other advisories, `names` are shown. */
interface Naming {
  readonly match: Match;
  readonly keys: readonly string[];
  readonly names: readonly string[];
}

/**
 * Joins the matches of one package by the names that they share. An advisory that derives from several CVEs counts once
 * for each of them and joins none with another, so that a distribution's advisory is as many findings as it repairs.
 */
export function groupByVulnerability(matches: readonly Match[]): readonly VulnerabilityGroup[] {
  const parents = new Map<string, string>();
  const namings = matches.flatMap(namingsOf);
  for (const { keys } of namings) {
    for (const key of keys) {
      join(parents, keys[0] ?? key, key);
    }
  }
  const groups = new Map<string, Naming[]>();
  for (const naming of namings) {
    const root = rootOf(parents, naming.keys[0] ?? '');
    const group = groups.get(root);
    if (group === undefined) {
      groups.set(root, [naming]);
    } else {
      group.push(naming);
    }
  }
  return [...groups.values()].map(toGroup);
}

function namingsOf(match: Match): readonly Naming[] {
  const { id, aliases, upstream } = match.advisory;
  const cves = [...new Set(upstream.filter(isCve))];
  if (cves.length > 1) {
    return cves.map((cve) => ({ match, keys: [cve], names: [cve] }));
  }
  if (cves.length === 1) {
    return [{ match, keys: cves, names: [id, ...aliases, ...upstream] }];
  }
  const keys = [id, ...aliases];
  return [{ match, keys, names: upstream.length === 1 ? [...keys, ...upstream] : keys }];
}

function toGroup(namings: readonly Naming[]): VulnerabilityGroup {
  const matches = [...new Set(namings.map((naming) => naming.match))].toSorted((a, b) =>
    compareText(a.advisory.id, b.advisory.id),
  );
  const keys = namings.flatMap((naming) => naming.keys);
  const id = smallest(keys.filter(isCve)) ?? smallest(keys) ?? '';
  const names = new Set(namings.flatMap((naming) => naming.names));
  names.delete(id);
  return { id, aliases: [...names].toSorted(compareText), matches };
}

function isCve(name: string): boolean {
  return name.startsWith('CVE-');
}

function smallest(names: readonly string[]): string | undefined {
  return names.toSorted(compareText)[0];
}

/** Path halving keeps chains short, however an advisory lists its aliases. */
function rootOf(parents: Map<string, string>, name: string): string {
  let at = name;
  for (;;) {
    const parent = parents.get(at) ?? at;
    if (parent === at) {
      return at;
    }
    const grandparent = parents.get(parent) ?? parent;
    parents.set(at, grandparent);
    at = grandparent;
  }
}

function join(parents: Map<string, string>, a: string, b: string): void {
  const [first, second] = [rootOf(parents, a), rootOf(parents, b)];
  if (first !== second) {
    parents.set(second, first);
  }
}
