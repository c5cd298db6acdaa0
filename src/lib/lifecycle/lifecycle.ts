import type { EndOfLife } from '#model/finding.ts';
import type { Inventory } from '#model/inventory.ts';
import type { LifecycleEntry, LifecycleRelease } from '#model/lifecycle.ts';
import type { Package } from '#model/package.ts';
import { SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { LifecycleReader } from '#model/ports.ts';
import { type ProductVersion, productOfDistribution } from './distributions.ts';
import { productOfRuntime } from './runtimes.ts';

export interface Lifecycle {
  /** The distribution first, then runtimes in the order of the packages. What the source has no dates of is not here. */
  readonly entries: readonly LifecycleEntry[];
  /** What has ended, in the same order. */
  readonly findings: readonly EndOfLife[];
}

const DAY_MS = 86_400_000;
const ENDING_MS = 90 * DAY_MS;

/**
 * How long the distribution and the runtimes of an image are supported. What has ended is a finding of severity `high`: what becomes known of it is not
 * repaired any more, and no advisory may ever say so. What somebody still supports, for money or not, is `extended` and no finding.
 * Pure; `now` in milliseconds UTC.
 */
export function lifecycleOf(
  { os, packages }: Pick<Inventory, 'os' | 'packages'>,
  reader: Pick<LifecycleReader, 'releases'>,
  now: number,
): Lifecycle {
  const entries: LifecycleEntry[] = [];
  const findings: EndOfLife[] = [];
  const add = (product: ProductVersion | null, item: Package | null): void => {
    const release = product === null ? null : releaseOf(product, reader);
    if (product !== null && release !== null) {
      const status = statusOf(release, now);
      entries.push({ ...release, package: item?.purl ?? null, status });
      if (status === 'ended') {
        findings.push(toFinding(release, product.version, item));
      }
    }
  };
  add(os === null ? null : productOfDistribution(os), null);
  const distributed = new Set(packages.filter(isDistributed).map(({ purl }) => purl));
  for (const item of packages) {
    add(productOfRuntime(item, distributed), item);
  }
  return { entries, findings };
}

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

function isDistributed({ type, thirdParty }: Package): boolean {
  return SYSTEM_TYPES.has(type) && thirdParty === undefined;
}

/** The release whose name is the longest beginning of the version: `3.9` of `3.9.2`, and of `12.6` that of `12`. */
function releaseOf({ products, version }: ProductVersion, reader: Pick<LifecycleReader, 'releases'>) {
  const releases = products.map((product) => reader.releases(product)).find((list) => list.length > 0) ?? [];
  const byName = new Map(releases.map((release) => [release.release, release]));
  const parts = (/^[0-9]+(?:\.[0-9]+)*/.exec(version)?.[0] ?? version).split('.').slice(0, MAX_PARTS);
  for (let count = parts.length; count > 0; count -= 1) {
    const release = byName.get(parts.slice(0, count).join('.'));
    if (release !== undefined) {
      return release;
    }
  }
  return null;
}

/** No product counts further, and a version may be made of dots. */
const MAX_PARTS = 4;

function statusOf({ endOfLife, extendedUntil, ended }: LifecycleRelease, now: number): LifecycleEntry['status'] {
  if (!ended && !isOver(endOfLife, now)) {
    return isOver(endOfLife, now + ENDING_MS) ? 'ending' : 'supported';
  }
  return extendedUntil !== null && !isOver(extendedUntil, now) ? 'extended' : 'ended';
}

/** A last day counts to its end. What has none is never over. */
function isOver(day: string | null, now: number): boolean {
  return day !== null && now >= endOf(day);
}

function endOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

/** The instant from which a release is `ended`, milliseconds UTC; null when there is none, or nobody knows it. */
export function endedFrom({ endOfLife, extendedUntil, ended }: LifecycleRelease): number | null {
  if (endOfLife === null && !ended) {
    return null;
  }
  const days = [ended ? null : endOfLife, extendedUntil].filter((day) => day !== null).map(endOf);
  return days.length === 0 ? null : Math.max(...days);
}

function toFinding(release: LifecycleRelease, version: string, item: Package | null): EndOfLife {
  const name = release.codename === null ? release.release : `${release.release} (${release.codename})`;
  return {
    kind: 'end-of-life',
    id: `end-of-life/${release.product}-${release.release}`,
    severity: 'high',
    package: {
      purl: item?.purl ?? '',
      name: item?.name ?? release.product,
      version: item?.version ?? version,
      ...(item?.confidence === undefined ? {} : { confidence: item.confidence }),
    },
    locations: item?.locations ?? [],
    layer: item?.layer ?? null,
    title: `${release.product} ${name}: ${endedWhen(release)}`,
    lifecycle: release,
  };
}

function endedWhen({ endOfLife, extendedUntil }: LifecycleRelease): string {
  if (endOfLife === null) {
    return 'support has ended';
  }
  const extended = extendedUntil === null || extendedUntil <= endOfLife ? '' : `, extended support on ${extendedUntil}`;
  return `support ended on ${endOfLife}${extended}`;
}
