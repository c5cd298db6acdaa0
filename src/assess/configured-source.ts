import { quote } from '#base/error.ts';
import type { AdvisoryProvider } from '#lib/advisories/index.ts';
import { AdvisoryError, advisoryProviders, baseEcosystem, isNeededName, OTHER_SHARDS } from '#lib/advisories/index.ts';
import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import type { AdvisorySource, SourceAccess } from './advisory-source.ts';
import { createAdvisorySource } from './advisory-source.ts';
import { foldersIn, shardsIn, sourceFolder } from './shard-files.ts';

/** A setting with all that it takes to look at its source. */
export interface ConfiguredSource {
  readonly provider: AdvisoryProvider;
  readonly source: AdvisorySource;
  /** Where its shards are. */
  readonly folder: string;
  /** The file of keys that its documents have to be signed by; null where they need not be. */
  readonly key: string | null;
  /** The shard that this source has something in, as far as it is to be asked at all. */
  shardFor(needed: string): string | null;
}

/** Throws `ADVISORY_PROVIDER_UNKNOWN`. */
export function configureSource(
  { provider: id, place, ecosystems, key }: AdvisorySourceSetting,
  { home, proxies, backoffMs }: SourceAccess & { readonly home: string },
): ConfiguredSource {
  const provider = advisoryProviders.find((candidate) => candidate.id === id);
  if (provider === undefined) {
    throw new AdvisoryError('ADVISORY_PROVIDER_UNKNOWN', 'unknown provider of advisories', {
      expected: `one of ${advisoryProviders.map((known) => known.id).join(', ')}`,
      found: quote(id),
    });
  }
  const source = createAdvisorySource(place, { ...(proxies && { proxies }), ...(backoffMs && { backoffMs }) });
  return {
    provider,
    source,
    // What was taken over without a key is not what is asked for with one.
    folder: sourceFolder(home, id, key === undefined ? source.label : `${source.label} signed by ${key}`),
    key: key ?? null,
    shardFor: (needed) =>
      ecosystems === null || ecosystems.includes(baseEcosystem(needed)) ? provider.shardFor(needed) : null,
  };
}

/** The shards that are kept already; of a folder, all that are in it as well. */
export async function shardsToUpdate(configured: ConfiguredSource): Promise<readonly string[]> {
  const { source, folder } = configured;
  const found = source.remote ? [] : [...(await foldersIn(source.label)), ...OTHER_SHARDS];
  const shards = found.filter(isNeededName).flatMap((name) => configured.shardFor(name) ?? []);
  return [...new Set([...(await shardsIn(folder)).filter(isNeededName), ...shards])].toSorted();
}
