import { compareText } from '#base/compare.ts';
import type { Advisory } from '#model/advisory.ts';
import type { Match } from './evaluate.ts';

/** What a source says of a package version: that it is not affected, by this advisory and all that are about the same. */
export interface Denial {
  readonly advisory: Advisory;
  /** Where it holds: a package of one repository is not that of another. */
  readonly ecosystem: string;
}

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
  /** Null for a denial. */
  readonly match: Match | null;
  readonly ecosystem: string;
  readonly keys: readonly string[];
  readonly names: readonly string[];
}

/**
 * Joins the matches of one package by the names that they share. An advisory that derives from several CVEs counts once
 * for each of them and joins none with another, so that a distribution's advisory is as many findings as it repairs. What is denied in the ecosystem of a match takes the match away.
 */
export function groupByVulnerability(
  matches: readonly Match[],
  denials: readonly Denial[] = [],
): readonly VulnerabilityGroup[] {
  const parents = new Map<string, string>();
  const namings = [
    ...matches.flatMap((match) => namingsOf(match, match)),
    ...denials.flatMap((denial) => namingsOf(denial, null)),
  ];
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
  return [...groups.values()].flatMap((group) => toGroup(denials.length === 0 ? group : withoutDenied(group)));
}

function namingsOf({ advisory, ecosystem }: Denial, match: Match | null): readonly Naming[] {
  const { id, aliases, upstream } = advisory;
  const cves = [...new Set(upstream.filter(isCve))];
  if (cves.length > 1) {
    return cves.map((cve) => ({ match, ecosystem, keys: [cve], names: [cve] }));
  }
  if (cves.length === 1) {
    return [{ match, ecosystem, keys: cves, names: [id, ...aliases, ...upstream] }];
  }
  const keys = [id, ...aliases];
  return [{ match, ecosystem, keys, names: upstream.length === 1 ? [...keys, ...upstream] : keys }];
}

function withoutDenied(namings: readonly Naming[]): readonly Naming[] {
  const denied = new Set(namings.filter(({ match }) => match === null).map(({ ecosystem }) => ecosystem));
  return denied.size === 0 ? namings : namings.filter(({ ecosystem }) => !denied.has(ecosystem));
}

/** None when nothing is left of it. */
function toGroup(namings: readonly Naming[]): readonly VulnerabilityGroup[] {
  const found = new Set(namings.flatMap(({ match }) => (match === null ? [] : [match])));
  if (found.size === 0) {
    return [];
  }
  const matches = [...found].toSorted((a, b) => compareText(a.advisory.id, b.advisory.id));
  const keys = namings.flatMap((naming) => naming.keys);
  const id = smallest(keys.filter(isCve)) ?? smallest(keys) ?? '';
  const names = new Set(namings.flatMap((naming) => naming.names));
  names.delete(id);
  return [{ id, aliases: [...names].toSorted(compareText), matches }];
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
