import { formatPlatform, type Platform } from '#model/platform.ts';
import { OciError } from '../error.ts';
import { listPlatforms, matchPlatforms, platformKey } from '../platform.ts';
import type { OpenOptions } from './options.ts';

/** Something to choose from, with the platform that it is for, null when nothing says so. */
export interface Choice<T> {
  readonly value: T;
  readonly platform: Platform | null;
}

/**
 * The choices that fit, best first and never none: those of the platform asked for; else those that the host runs on
 * Linux; else, when one platform is all there is, that one. `all` fits everything. Throws `PLATFORM_NOT_FOUND` with a
 * list of what is there. `absent` are platforms that an index names and the source does not hold.
 */
export function choosePlatform<T>(
  choices: readonly Choice<T>[],
  options: Pick<OpenOptions, 'platform' | 'host'>,
  object: string,
  absent: readonly (Platform | null)[] = [],
): readonly Choice<T>[] {
  const { platform: wanted, host } = options;
  if (wanted === 'all') {
    return choices;
  }
  const linux: Platform = { ...host, os: 'linux' };
  const matches = matchPlatforms(choices, (choice) => choice.platform, wanted ?? linux, wanted === undefined);
  if (matches.length > 0) {
    return matches;
  }
  const distinct = new Set(choices.map(({ platform }) => platformKey(platform)));
  if (wanted === undefined && distinct.size === 1) {
    return choices;
  }
  const present = listPlatforms(choices.map((choice) => choice.platform));
  const elsewhere = absent.length === 0 ? '' : ` (named by the index, but not in the source: ${listPlatforms(absent)})`;
  throw new OciError('PLATFORM_NOT_FOUND', 'no image for this platform', {
    object,
    expected: formatPlatform(wanted ?? linux),
    found: `${present}${elsewhere}`,
    hint: 'Choose one that is there with --platform OS/ARCH[/VARIANT], or all of them with --platform all.',
  });
}
