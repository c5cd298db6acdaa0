import type { Order } from './orders.ts';
import type { OsvRecord } from './records.ts';

/** What a record of an OSV export says of one package. */
export type OsvAffected = NonNullable<OsvRecord['affected']>[number];

/** One record with what it says of one package, all of it. */
export interface Said {
  readonly record: OsvRecord;
  readonly items: readonly OsvAffected[];
}

export interface Expected {
  /** One for each vulnerability, as `judgedAs` writes it. */
  readonly vulnerabilities: readonly string[];
  /** Ids of the records of which the version cannot be told affected or not. */
  readonly undecided: ReadonlySet<string>;
}

/** How a finding is told from others: what it is called, and by which records. */
export function judgedAs(id: string, advisories: readonly string[]): string {
  return `${id} by ${advisories.toSorted().join(' ')}`;
}

/**
 * Which vulnerabilities a package version has by the OSV schema's own words (section "Evaluation" of the schema, 1.7), from the
 * records as they are in the archive. Nothing of the product's is used.
 */
export function expectedOf(said: readonly Said[], version: string, order: Order): Expected {
  const undecided = new Set<string>();
  const affecting: OsvRecord[] = [];
  for (const { record, items } of said) {
    if (record.withdrawn === undefined) {
      const answers = items.map((item) => isAffected(item, version, order));
      if (answers.includes(true)) {
        affecting.push(record);
      } else if (answers.includes(null)) {
        undecided.add(record.id);
      }
    }
  }
  return { vulnerabilities: vulnerabilitiesIn(affecting).map(({ id, records }) => judgedAs(id, records)), undecided };
}

/** Null when the version, or a bound, is none that the order knows, and nothing else shows that it is affected. */
export function isAffected(item: OsvAffected, version: string, order: Order): boolean | null {
  if (
    item.versions?.includes(version) === true ||
    item.versions?.some((listed) => order(listed, version) === 0) === true
  ) {
    return true;
  }
  const ranges = (item.ranges ?? []).filter(({ type }) => type !== 'GIT');
  if (ranges.length === 0 && (item.versions ?? []).length === 0) {
    return null;
  }
  const answers = ranges.map(({ events }) => isWithin(events, version, order));
  if (answers.includes(true)) {
    return true;
  }
  return answers.includes(null) || order(version, version) === null ? null : false;
}

/**
 * The schema's pseudo-code: events by their bounds, each of which turns what holds from there on. It does not say which of two at the same
 * bound comes first: here `fixed` does, so that two intervals that meet are one (ADR 50).
 */
function isWithin(events: readonly Record<string, string>[], version: string, order: Order): boolean | null {
  const edges = events.flatMap((event) => Object.entries(event).map(([kind, bound]) => ({ kind, bound })));
  if (edges.some((edge) => !isStart(edge) && order(edge.bound, version) === null)) {
    return null;
  }
  let within = false;
  for (const edge of edges.toSorted((a, b) => compareEdges(a, b, order))) {
    const at = isStart(edge) ? 1 : (order(version, edge.bound) ?? 0);
    if (edge.kind === 'introduced' && at >= 0) {
      within = true;
    } else if ((edge.kind === 'fixed' && at >= 0) || (edge.kind === 'last_affected' && at > 0)) {
      within = false;
    }
  }
  return within;
}

interface Edge {
  readonly kind: string;
  readonly bound: string;
}

/** `introduced: 0` is below every version there is. */
function isStart({ kind, bound }: Edge): boolean {
  return kind === 'introduced' && bound === '0';
}

const AT_ONE_BOUND = ['fixed', 'introduced', 'last_affected'];

function compareEdges(a: Edge, b: Edge, order: Order): number {
  return (
    Number(isStart(b)) - Number(isStart(a)) ||
    (order(a.bound, b.bound) ?? 0) ||
    AT_ONE_BOUND.indexOf(a.kind) - AT_ONE_BOUND.indexOf(b.kind)
  );
}

interface Named {
  readonly keys: ReadonlySet<string>;
  readonly records: ReadonlySet<string>;
}

/**
 * Records of one vulnerability are those that name each other, over any number of steps. A record that derives from CVEs (`upstream`) is one of
 * each of them, and what names those two does not make them one.
 */
export function vulnerabilitiesIn(
  records: readonly OsvRecord[],
): readonly { readonly id: string; readonly records: readonly string[] }[] {
  const byName = new Map<string, Named>();
  for (const { id, aliases = [], upstream = [] } of records) {
    const derived = upstream.filter(isCve);
    const named = derived.length > 0 ? derived.map((cve) => [cve]) : [[id, ...aliases]];
    for (const names of named) {
      const others = new Set(names.map((name) => byName.get(name)).filter((other) => other !== undefined));
      const keys = new Set([...names, ...[...others].flatMap((other) => [...other.keys])]);
      const together = { keys, records: new Set([id, ...[...others].flatMap((other) => [...other.records])]) };
      for (const key of keys) {
        byName.set(key, together);
      }
    }
  }
  return [...new Set(byName.values())].map(({ keys, records: ids }) => {
    const sorted = [...keys].toSorted();
    return { id: sorted.find(isCve) ?? sorted[0] ?? '', records: [...ids] };
  });
}

function isCve(name: string): boolean {
  return name.startsWith('CVE-');
}
