import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { parseYaml } from '#base/yaml.ts';
import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import { AdvisoryError } from '../error.ts';
import type { AdvisoryProvider } from '../providers/provider.ts';
import { type AdvisoriesDocument, advisoriesDocument, toMilliseconds } from './schema.ts';

/** A configuration with every place in full. */
export interface AdvisoriesConfiguration {
  /** As written: the first whose provider has an ecosystem speaks for it. Never empty. */
  readonly sources: readonly AdvisorySourceSetting[];
  /** How old the last look at a feed may be before the next; null where it does not say. */
  readonly maxAgeMs: number | null;
}

/**
 * A configuration of advisories from its YAML. `file` is absolute, names it in errors, and is where relative folders start.
 * Throws `ADVISORIES_CONFIGURATION_INVALID` naming line and place.
 */
export function parseAdvisoriesConfiguration(
  text: string | Uint8Array,
  file: string,
  providers: readonly Pick<AdvisoryProvider, 'id' | 'capabilities'>[],
): AdvisoriesConfiguration {
  const homes = new Map(providers.map(({ id, capabilities }) => [id, capabilities.home]));
  const { data, place } = parseYaml(typeof text === 'string' ? text : decode(text, file), file, {
    schema: advisoriesDocument([...homes.keys()]),
    limit: LIMITS.advisoriesConfigurationBytes,
    invalid: refusal,
  });
  assertEachSpeaks(data, place);
  const signed = providers.filter(({ capabilities }) => capabilities.verified === 'signature').map(({ id }) => id);
  for (const [index, { provider, key }] of data.sources.entries()) {
    if (key !== undefined && !signed.includes(provider)) {
      const expected = `a key only where documents are signed (${signed.join(', ') || 'nowhere'})`;
      throw refusal(place(['sources', index, 'key']), expected, `one for ${quote(provider)}`);
    }
  }
  return {
    sources: data.sources.map(({ provider, url, folder, ecosystems, key }) => ({
      provider,
      place: folder === undefined ? (url ?? homes.get(provider) ?? '') : resolve(dirname(file), folder),
      ecosystems: ecosystems ?? null,
      ...(key !== undefined && { key: resolve(dirname(file), key) }),
    })),
    maxAgeMs: data.maxAge === undefined ? null : toMilliseconds(data.maxAge),
  };
}

/** A source that an earlier one of its provider leaves nothing to is a mistake, and would never be asked. */
function assertEachSpeaks(
  { sources }: AdvisoriesDocument,
  place: (path: readonly (string | number)[]) => string,
): void {
  const spoken = new Map<string, Set<string> | 'all'>();
  for (const [index, { provider, ecosystems }] of sources.entries()) {
    const before = spoken.get(provider) ?? new Set<string>();
    const taken = before === 'all' ? provider : ecosystems?.find((name) => before.has(name));
    if (taken !== undefined) {
      throw refusal(
        place(['sources', index]),
        'what no source of the same provider before it has',
        taken === provider ? `another source for all of ${quote(provider)}` : `${quote(taken)} again`,
      );
    }
    spoken.set(provider, ecosystems === undefined ? 'all' : new Set([...(before as Set<string>), ...ecosystems]));
  }
}

function decode(bytes: Uint8Array, file: string): string {
  if (!isUtf8(bytes)) {
    throw refusal(file, 'text in UTF-8', 'other bytes');
  }
  return new TextDecoder().decode(bytes);
}

function refusal(object: string, expected: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORIES_CONFIGURATION_INVALID', 'not a configuration of advisories', {
    object,
    expected,
    found,
    hint: 'docs/guides/advisories.md describes the file.',
  });
}
