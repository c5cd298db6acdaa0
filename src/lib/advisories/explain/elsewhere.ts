import { quote } from '#base/error.ts';
import type { Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import type { OpenPlacement } from '../match/resolve.ts';

/** Why rows that have a name of the package are not about it, or could not be asked: each reason once. */
export function elsewhere(
  item: Package,
  rows: readonly Affected[],
  { placement, open }: OpenPlacement,
): readonly string[] {
  if (placement.kind === 'unsupported') {
    return [placement.reason];
  }
  const asked = new Set(open.flatMap(({ ecosystems }) => ecosystems));
  const groups = Map.groupBy(rows, ({ advisory, name, ecosystem }) =>
    [advisory.id, name, baseOf(ecosystem), asked.has(ecosystem)].join('\0'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const says = `${first.advisory.id} is about ${quote(first.name, 80)} of ${listEcosystems(group)}`;
    const own = placement.places.find(({ shard }) => shard === baseOf(first.ecosystem));
    if (own === undefined) {
      return [`${says}, and ${item.name} is of ${placement.places[0]?.ecosystem ?? item.type}`];
    }
    if (open.length === 0) {
      return [`${says}, and the advisories of ${own.ecosystem} are not at hand`];
    }
    if (!asked.has(first.ecosystem)) {
      return [`${says}, and the image is of ${own.ecosystem}`];
    }
    return item.source === undefined || first.name === item.source.name
      ? [`${says}, and ${item.name} goes by another name there`]
      : [`${says}, where packages go by their source, and that of ${item.name} is ${quote(item.source.name, 80)}`];
  });
}

const NAMED = 5;

function listEcosystems(rows: readonly Affected[]): string {
  const names = [...new Set(rows.map(({ ecosystem }) => ecosystem))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

function baseOf(ecosystem: string): string {
  return ecosystem.split(':', 1)[0] ?? ecosystem;
}
