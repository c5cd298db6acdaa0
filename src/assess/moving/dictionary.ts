import { setImmediate as turn } from 'node:timers/promises';
import { ecosystemsNeeded } from '#lib/advisories/index.ts';
import { inventoryOf } from '#lib/sbom/index.ts';
import type { Inventory } from '#model/inventory.ts';
import { PACKAGE_TYPES, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { FindingRecords } from '#model/platform/judgement.ts';
import type { InventoryRecords } from '#model/platform/records.ts';
import type { SbomComponent } from '#model/sbom.ts';

/** All package versions that stored inventories hold, each once. */
export interface Dictionary {
  packages: InventoryRecords['packages'];
  versionsOf: FindingRecords['versionsOf'];
}

/** Package versions that the same advisories speak of: of one type, of one release of one distribution. */
export interface PackageGroup {
  /** Its packages begin with this. */
  readonly prefix: string;
  readonly type: string;
  /** As `groupOf` says. */
  readonly key: string;
  /** With their releases, and their shards. */
  readonly ecosystems: ReadonlySet<string>;
}

/** Package versions in one read. */
export const PAGE = 2000;
const SYSTEM: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

/** What there is, by the advisories that it needs. Of distributions all of the dictionary is read, of languages one entry. */
export async function groupsIn(dictionary: Dictionary, signal: AbortSignal): Promise<readonly PackageGroup[]> {
  const groups = new Map<string, PackageGroup>();
  for (const type of PACKAGE_TYPES) {
    const prefix = `pkg:${type}/`;
    for await (const page of pages(dictionary, prefix, SYSTEM.has(type) ? PAGE : 1, signal)) {
      for (const purl of page) {
        const key = groupKey(purl, type);
        if (!groups.has(key)) {
          const ecosystems = type === 'generic' ? new Set(['NVD']) : needsOf(purl);
          groups.set(key, { prefix, type, key, ecosystems });
        }
      }
      if (!SYSTEM.has(type)) {
        break;
      }
    }
  }
  return [...groups.values()].filter(({ ecosystems }) => ecosystems.size > 0);
}

/** Which group a package version is of. Millions are asked: by its text alone, of which the namespace and `distro` are encoded in one way. */
export function groupKey(purl: string, type: string): string {
  if (!SYSTEM.has(type)) {
    return type;
  }
  const query = purl.indexOf('?');
  const path = query === -1 ? purl : purl.slice(0, query);
  const start = query === -1 ? -1 : purl.indexOf(DISTRO, query);
  const end = start === -1 ? -1 : purl.indexOf('&', start);
  const distro = start === -1 ? '' : purl.slice(start + DISTRO.length, end === -1 ? undefined : end);
  return `${path.slice(0, path.lastIndexOf('/'))} ${distro}`;
}

const DISTRO = 'distro=';

/** All of one prefix, page by page. */
export async function* pages(
  dictionary: Dictionary,
  prefix: string,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  for (let after: string | null = null; ; ) {
    const page = await dictionary.packages(prefix, { after, limit });
    if (page.length > 0) {
      yield page;
    }
    after = page.at(-1) ?? null;
    if (page.length < limit || after === null) {
      return;
    }
    await turn();
    signal.throwIfAborted();
  }
}

/** Package versions alone, as an inventory: what package URLs say of the distribution, the source and the module is all there is. */
export function inventoryOfPurls(purls: readonly string[]): Inventory {
  return inventoryOf({
    format: 'cyclonedx',
    version: '1.6',
    wrapping: 'none',
    name: null,
    id: null,
    created: null,
    tools: [],
    statedSubjects: [],
    subject: null,
    os: null,
    components: purls.map(componentOf),
    files: [],
    dependencies: [],
    unknowns: [],
  });
}

function componentOf(purl: string): SbomComponent {
  return {
    at: purl,
    ref: null,
    kind: null,
    name: '',
    version: '',
    purl,
    hashes: [],
    licenses: [],
    cataloger: null,
    layer: null,
    locations: [],
  };
}

function needsOf(purl: string): ReadonlySet<string> {
  const { packages, os } = inventoryOfPurls([purl]);
  const { needed } = ecosystemsNeeded(packages, os);
  return new Set(needed.flatMap(({ ecosystem, shard }) => [ecosystem, shard]));
}
