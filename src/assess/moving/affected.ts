import { baseEcosystem, comparedName } from '#lib/advisories/index.ts';
import type { PackageType } from '#model/package.ts';
import { packagePurl, parsePurlOrNull } from '#model/purl.ts';
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
  const byPrefix = new Map<string, Map<string, About>>();
  for (const group of groups) {
    const names = newsFor(group, news);
    if (names === 'all' || (names.size > 0 && LOOKED_THROUGH.has(group.type))) {
      const about = byPrefix.get(group.prefix) ?? new Map<string, About>();
      byPrefix.set(group.prefix, about.set(group.key, { group, names }));
    } else if (names.size > 0) {
      yield* versions(dictionary, namesOf(group.type, names), signal);
    }
  }
  for (const [prefix, about] of byPrefix) {
    yield* lookedThrough(dictionary, prefix, about, signal);
  }
}

/** A group, and names that are news to it. */
interface About {
  readonly group: PackageGroup;
  readonly names: 'all' | ReadonlySet<string>;
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

/** All groups of a prefix at once. */
async function* lookedThrough(
  dictionary: Dictionary,
  prefix: string,
  about: ReadonlyMap<string, About>,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const type = prefix.slice('pkg:'.length, -1);
  for await (const page of pages(dictionary, prefix, PAGE, signal)) {
    const found = new Map<string, string[]>();
    for (const purl of page) {
      const key = groupKey(purl, type);
      const news = about.get(key);
      if (news !== undefined && (news.names === 'all' || isNamed(purl, news.group, news.names))) {
        const own = found.get(key) ?? [];
        own.push(purl);
        found.set(key, own);
      }
    }
    yield* found.values();
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

/** By its own name or that of its source; of what is known by a CPE alone, which no package URL has, everything, and what cannot be read. */
function isNamed(purl: string, group: PackageGroup, names: ReadonlySet<string>): boolean {
  const parts = group.type === 'generic' ? null : parsePurlOrNull(purl);
  if (parts === null) {
    return true;
  }
  const { type, namespace = '', name, qualifiers } = parts;
  const upstream = qualifiers?.get('upstream') ?? '';
  const at = upstream.lastIndexOf('@');
  const source = at <= 0 ? upstream : upstream.slice(0, at);
  const own = type === 'swift' && namespace !== '' ? `${namespace}/${name}` : name;
  const ecosystems = [...group.ecosystems];
  return [own, source].some((each) => ecosystems.some((ecosystem) => names.has(comparedName(ecosystem, each))));
}
