import { baseEcosystem, comparedName } from '#lib/advisories/index.ts';
import type { PackageType } from '#model/package.ts';
import { type PurlParts, packagePurl, parsePurlOrNull } from '#model/purl.ts';
import type { ShardNews } from './compared.ts';
import { type Dictionary, groupKey, PAGE, type PackageGroup, pages } from './dictionary.ts';

/** News of the shards of advisories, by the name of the shard. */
export type NewsOfShards = ReadonlyMap<string, ShardNews>;

/** Names that package URLs write otherwise than advisories do: what has them is looked through. */
const LOOKED_THROUGH: ReadonlySet<string> = new Set(['apk', 'deb', 'generic', 'julia', 'nuget', 'rpm', 'swift']);
const NAMES_AT_ONCE = 500;

/**
 * The package versions that news may be about, in batches, of one group each: rather too many than one too few. Of languages they are found by their names;
 * distributions name source packages, which package URLs have as a qualifier, so that all of a release are looked through.
 */
export async function* affectedPurls(
  dictionary: Dictionary,
  groups: readonly PackageGroup[],
  news: NewsOfShards,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  for (const group of groups) {
    const about = newsFor(group, news);
    if (about === 'all') {
      yield* filtered(dictionary, group, () => true, signal);
    } else if (about.size > 0 && LOOKED_THROUGH.has(group.type)) {
      yield* filtered(dictionary, group, (purl) => isNamed(purl, group, about), signal);
    } else if (about.size > 0) {
      yield* versions(dictionary, namesOf(group.type, about), signal);
    }
  }
}

/** Names that are news to a group. */
function newsFor({ ecosystems, type }: PackageGroup, news: NewsOfShards): 'all' | ReadonlySet<string> {
  const names = new Set<string>();
  const bases = new Set([...ecosystems].map(baseEcosystem));
  for (const [shard, one] of news) {
    if (one.kind === 'all' && (ecosystems.has(shard) || bases.has(shard))) {
      return 'all';
    }
    for (const [ecosystem, own] of one.kind === 'some' ? one.packages : []) {
      // Of rpm several releases and products speak for one another.
      const isOurs = type === 'deb' || type === 'apk' ? ecosystems.has(ecosystem) : bases.has(baseEcosystem(ecosystem));
      if (isOurs) {
        own.forEach((name) => names.add(name));
      }
    }
  }
  return names;
}

async function* filtered(
  dictionary: Dictionary,
  group: PackageGroup,
  isWanted: (parts: PurlParts) => boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  for await (const page of pages(dictionary, group.prefix, PAGE, signal)) {
    const found = page.filter((purl) => {
      const parts = parsePurlOrNull(purl);
      return parts !== null && groupKey(parts) === group.key && isWanted(parts);
    });
    if (found.length > 0) {
      yield found;
    }
  }
}

async function* versions(
  dictionary: Dictionary,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < names.length; start += NAMES_AT_ONCE) {
    const some = names.slice(start, start + NAMES_AT_ONCE);
    for (let after: string | null = null; ; ) {
      signal.throwIfAborted();
      const page = await dictionary.versionsOf(some, { after, limit: PAGE });
      if (page.length > 0) {
        yield page;
      }
      after = page.at(-1) ?? null;
      if (page.length < PAGE) {
        break;
      }
    }
  }
}

/** Package URLs without a version. */
function namesOf(type: string, names: ReadonlySet<string>): readonly string[] {
  return [...names]
    .filter((name) => name !== '')
    .map((name) => packagePurl({ type: type as PackageType, name, version: '' }, null));
}

/** By its own name or that of its source; of what is known by a CPE alone, which no package URL has, everything. */
function isNamed(
  { type, namespace = '', name, qualifiers }: PurlParts,
  group: PackageGroup,
  names: ReadonlySet<string>,
): boolean {
  if (type === 'generic') {
    return true;
  }
  const upstream = qualifiers?.get('upstream') ?? '';
  const at = upstream.lastIndexOf('@');
  const source = at <= 0 ? upstream : upstream.slice(0, at);
  const own = type === 'swift' && namespace !== '' ? `${namespace}/${name}` : name;
  return [own, source].some((each) =>
    [...group.ecosystems].some((ecosystem) => names.has(comparedName(ecosystem, each))),
  );
}
